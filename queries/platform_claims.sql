-- question: How many orders do ad platforms claim beyond those that their clicks can have earned?
-- câu hỏi: Các nền tảng quảng cáo nhận vượt bao nhiêu đơn hàng so với số đơn thật sự đến từ lượt nhấp?
-- stage: convert
-- grain: month, source
-- column month (date): first day of the month
-- column source (text): ad platform
-- column claimed_orders (number): purchases that the platform reports
-- column attributed_orders (number): orders credited to its clicks, last touch that was not direct
-- column attributed_revenue (money): net sales to date of these orders
-- column overclaim (ratio): claimed_orders ÷ attributed_orders; null where none are credited
-- caveat: Only days on which the platform's report states purchases. Platforms count people who only saw an ad, and
--   date a purchase by the click or by the order: above 1 is usual, its change is what to watch.
select
    date_trunc('month', day)::date as month,
    source,
    sum(claimed_orders) as claimed_orders,
    sum(attributed_orders) as attributed_orders,
    sum(attributed_revenue) as attributed_revenue,
    sum(claimed_orders) / nullif(sum(attributed_orders), 0) as overclaim
from fct_convert_attribution_claims
where model = 'last_non_direct' and day < (select max(as_of) from race_kpi)
group by month, source
order by month desc, source asc
