-- question: What does each ad campaign cost, and what do we get for it?
-- câu hỏi: Mỗi chiến dịch quảng cáo tốn bao nhiêu và mang lại gì?
-- stage: reach
-- grain: month, source, account, campaign, channel
-- column month (date): first day of the month
-- column source (text): ad platform
-- column account (text): ad account
-- column campaign (text): name of the campaign
-- column channel (text): marketing channel by the campaign's type
-- column cost (money): what the platform charged
-- column share_of_spend (percent): cost ÷ cost of all campaigns of the month
-- column impressions (count): impressions
-- column clicks (count): clicks; null where no report states them
-- column ctr (percent): clicks ÷ impressions of the reports that state clicks
-- column cost_per_click (money): cost ÷ clicks of the reports that state clicks
-- column claimed_purchases (number): purchases as the platform claims them; null where no report states them
-- column claimed_roas (ratio): claimed value ÷ cost of the reports that state a value
-- caveat: Platforms count views and share no order with each other: their purchases are claims. What the clicks earned
--   stands in queries/platform_claims.sql.
with ads as (
    select
        date_trunc('month', day)::date as month,
        source,
        account,
        campaign,
        channel,
        sum(cost) as cost,
        sum(impressions)::bigint as impressions,
        sum(clicks)::bigint as clicks,
        sum(impressions) filter (where clicks is not null) as impressions_with_clicks,
        sum(cost) filter (where clicks is not null) as cost_with_clicks,
        sum(purchases) as claimed_purchases,
        sum(purchase_value) as claimed_value,
        sum(cost) filter (where purchase_value is not null) as cost_with_value
    from fct_reach_ads
    where day < (select max(as_of) from race_kpi)
    group by all
)

select
    month,
    source,
    account,
    campaign,
    channel,
    cost,
    cost / nullif(sum(cost) over (partition by month), 0) as share_of_spend,
    impressions,
    clicks,
    clicks / nullif(impressions_with_clicks, 0) as ctr,
    cost_with_clicks / nullif(clicks, 0) as cost_per_click,
    claimed_purchases,
    claimed_value / nullif(cost_with_value, 0) as claimed_roas
from ads
order by month desc, cost desc
