-- question: Which e-mails and Zalo or SMS messages are read and clicked, and which make people leave?
-- câu hỏi: Email và tin nhắn Zalo/SMS nào được đọc và nhấp nhiều, và loại nào khiến người nhận hủy đăng ký?
-- stage: engage
-- grain: month, channel, source, account
-- column month (date): first day of the month in which they were sent
-- column channel (text): email or sms_chat
-- column source (text): tool that sent them
-- column account (text): list or official account
-- column mailings (count): campaigns or messages sent
-- column delivered (count): people that got them; null where no export says
-- column open_rate (percent): opened ÷ delivered, of mailings that tell both
-- column click_rate (percent): clicked ÷ delivered, of mailings that tell both
-- column opt_out_rate (percent): unsubscribed ÷ delivered, of mailings that tell both
-- column revenue (money): sales that the tool itself ascribes to them; null where it states none
-- column revenue_per_recipient (money): revenue ÷ delivered, of mailings that tell both
-- caveat: Machines open mails too, so that opens are too high where Apple's mail app is common; clicks are the safer
--   sign.
--   Revenue is the tool's own claim.
with mailings as (
    select
        date_trunc('month', day)::date as month,
        'email' as channel,
        source,
        account,
        delivered,
        unique_opens as opens,
        unique_clicks as clicks,
        unsubscribes as opt_outs,
        revenue
    from fct_reach_email_campaign
    where day < (select max(as_of) from race_kpi)
    union all
    select
        date_trunc('month', day)::date as month,
        channel,
        source,
        account,
        delivered,
        reads as opens,
        clicks,
        opt_outs,
        null as revenue
    from fct_reach_message
    where day < (select max(as_of) from race_kpi)
)

select
    month,
    channel,
    source,
    account,
    count(*) as mailings,
    sum(delivered)::bigint as delivered,
    sum(opens) filter (where delivered is not null)
    / nullif(sum(delivered) filter (where opens is not null), 0) as open_rate,
    sum(clicks) filter (where delivered is not null)
    / nullif(sum(delivered) filter (where clicks is not null), 0) as click_rate,
    sum(opt_outs) filter (where delivered is not null)
    / nullif(sum(delivered) filter (where opt_outs is not null), 0) as opt_out_rate,
    sum(revenue) as revenue,
    sum(revenue) filter (where delivered is not null)
    / nullif(sum(delivered) filter (where revenue is not null), 0) as revenue_per_recipient
from mailings
group by month, channel, source, account
order by month desc, delivered desc nulls last
