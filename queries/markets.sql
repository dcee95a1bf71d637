-- question: Which markets grow, and how do their baskets and returns differ?
-- câu hỏi: Thị trường nào đang tăng trưởng; giá trị đơn và tỷ lệ trả hàng khác nhau ra sao?
-- stage: convert
-- grain: month, market
-- column month (date): first day of the month
-- column market (text): ISO country of the order
-- column orders (count): counted orders
-- column net_sales (money): net sales, refunds at their own date
-- column share_of_net_sales (percent): net_sales ÷ net sales of all markets
-- column growth (percent): net_sales against the month before; of a running month against as many days of it
-- column average_order_value (money): gross sales less discounts ÷ orders
-- column new_customers (count): customers with their first order; null while the history is too young to tell
-- column return_rate (percent): orders with a refund within 60 days ÷ orders of shops that tell refunds
-- column is_complete (yes or no): whether the month is over and all required shops are in
-- caveat: Returns of the last two months still come in. Orders whose country nobody knows are the market unknown.
with kpis as (
    select
        period_start as month,
        market,
        bool_or(is_complete) filter (where kpi = 'orders') as is_complete,
        max(numerator) filter (where kpi = 'orders') as orders,
        max(numerator) filter (where kpi = 'net_sales') as net_sales,
        max(if(period_end < as_of, previous_value, previous_to_date_value))
        filter (where kpi = 'net_sales') as net_sales_before,
        max(value) filter (where kpi = 'average_order_value') as average_order_value,
        max(numerator) filter (where kpi = 'new_customers') as new_customers,
        max(value) filter (where kpi = 'return_rate') as return_rate
    from race_kpi
    where period = 'month' and channel = 'all' and market <> 'all'
    group by all
)

select
    month,
    market,
    orders::bigint as orders,
    net_sales,
    net_sales / nullif(sum(net_sales) over (partition by month), 0) as share_of_net_sales,
    net_sales / nullif(net_sales_before, 0) - 1 as growth,
    average_order_value,
    new_customers::bigint as new_customers,
    return_rate,
    is_complete
from kpis
where orders is not null
order by month desc, net_sales desc
