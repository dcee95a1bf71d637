-- question: Which channels bring visits, and which of them bring orders and sales?
-- câu hỏi: Kênh nào mang lại lượt truy cập, và kênh nào thật sự mang lại đơn hàng và doanh thu?
-- stage: reach
-- grain: month, channel
-- column month (date): first day of the month
-- column channel (text): marketing channel
-- column name (text): its name in English
-- column name_vi (text): its name in Vietnamese
-- column sessions (count): sessions on the site
-- column orders (count): counted orders
-- column net_sales (money): their net sales, refunds at their own date
-- column marketing_cost (money): ads and other costs that name the channel
-- column share_of_sessions (percent): sessions ÷ sessions of all channels
-- column share_of_net_sales (percent): net_sales ÷ net sales of all channels
-- column cost_per_order (money): marketing_cost ÷ orders; null without a cost or an order
-- column is_complete (yes or no): whether the month's orders are all in
-- caveat: An order's channel is that of its last session that was not direct; queries/attribution_models.sql has the
--   other views. Costs without a channel are in no row.
with measures as (
    pivot (
        select
            period_start as month,
            channel,
            measure,
            value
        from race_measure
        where period = 'month' and market = 'all' and channel <> 'all'
    )
    on measure in ('sessions', 'orders', 'net_sales', 'marketing_cost')
    using max(value)
),

complete as (
    select
        period_start as month,
        is_complete
    from race_kpi
    where kpi = 'orders' and period = 'month' and channel = 'all' and market = 'all'
)

select
    measures.month,
    measures.channel,
    dim_channel.name,
    dim_channel.name_vi,
    measures.sessions::bigint as sessions,
    measures.orders::bigint as orders,
    measures.net_sales,
    measures.marketing_cost,
    measures.sessions / nullif(sum(measures.sessions) over this_month, 0) as share_of_sessions,
    measures.net_sales / nullif(sum(measures.net_sales) over this_month, 0) as share_of_net_sales,
    measures.marketing_cost / nullif(measures.orders, 0) as cost_per_order,
    coalesce(complete.is_complete, false) as is_complete
from measures
left join dim_channel on measures.channel = dim_channel.channel
left join complete on measures.month = complete.month
where measures.sessions is not null or measures.orders is not null or measures.marketing_cost > 0
window this_month as (partition by measures.month)
order by measures.month desc, measures.net_sales desc nulls last
