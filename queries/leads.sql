-- question: Where do good leads come from, and how many of them buy within 90 days?
-- câu hỏi: Khách hàng tiềm năng tốt đến từ đâu, và bao nhiêu người mua trong vòng 90 ngày?
-- stage: act
-- grain: month, channel
-- column month (date): first day of the month in which they became leads
-- column channel (text): channel of the last session before, else what the CRM says
-- column leads (count): contacts who became leads in the month
-- column new_leads (count): of these, those who were no customers before
-- column qualified (count): of all of them, those who are qualified by now
-- column qualified_rate (percent): qualified ÷ leads
-- column won (count): of new_leads, those who ordered or won a deal within 90 days, so far
-- column won_rate (percent): won ÷ new_leads; null while the 90 days of some still run
-- caveat: Leads are followed from the month in which they became leads. The KPI qualified_leads counts by the day of
--   qualification instead.
with today as (
    select max(as_of) as as_of from race_kpi
),

leads as (
    select
        date_trunc('month', became_lead_on)::date as month,
        channel,
        count(*) as leads,
        count(*) filter (where not was_customer) as new_leads,
        count(qualified_on) as qualified,
        count(*) filter (where not was_customer and is_won_90d) as won,
        max(became_lead_on) as last_day
    from fct_act_lead
    where became_lead_on < (select as_of from today)
    group by all
)

select
    leads.month,
    leads.channel,
    leads.leads,
    leads.new_leads,
    leads.qualified,
    leads.qualified / nullif(leads.leads, 0) as qualified_rate,
    leads.won,
    if(last_day(leads.month) + 91 <= today.as_of, leads.won / nullif(leads.new_leads, 0), null) as won_rate
from leads
cross join today
order by leads.month desc, leads.leads desc
