-- question: Which channels win customers who come back, and at what cost?
-- câu hỏi: Kênh nào thu hút được khách quay lại, và tốn bao nhiêu cho mỗi khách mới?
-- stage: engage
-- grain: first_order_channel
-- column first_order_channel (text): channel of the first order
-- column name (text): its name in English
-- column name_vi (text): its name in Vietnamese
-- column customers (count): customers whose first order lies in the twelve whole months before as_of, as far as it is
--   known
-- column net_sales (money): their net sales to date
-- column net_sales_per_customer (money): net_sales ÷ customers
-- column came_back (count): of them, those with a second order
-- column came_back_rate (percent): came_back ÷ customers
-- column acquisition_cost (money): ads and acquisition costs of the channel in the months that have any; null without
--   one
-- column cost_per_customer (money): acquisition_cost ÷ customers of these months
-- caveat: Guests are nobody's customers. Months in which nobody can know whether an order is the first (180 days after
--   history_start) are left out. Costs are known only for the months that were exported.
with today as (
    select
        max(as_of) as as_of,
        (date_trunc('month', max(as_of)) - interval 12 month)::date as first_month
    from race_kpi
),

known_months as (
    select period_start as month
    from race_measure
    where
        measure = 'new_customers' and period = 'month' and channel = 'all' and market = 'all' and value is not null
),

costs as (
    select
        measured.channel,
        measured.period_start as month,
        measured.value as acquisition_cost
    from race_measure as measured
    inner join known_months on measured.period_start = known_months.month
    cross join today
    where
        measured.measure = 'acquisition_cost' and measured.period = 'month' and measured.market = 'all'
        and measured.channel <> 'all' and measured.value is not null
        and measured.period_start >= today.first_month and measured.period_start < date_trunc('month', today.as_of)
),

-- also of months in which a channel cost and won nobody
costs_of_channels as (
    select
        channel,
        sum(acquisition_cost) as acquisition_cost
    from costs
    group by channel
),

customers as (
    select
        customer.first_order_channel,
        date_trunc('month', customer.first_order_date)::date as month,
        count(*) as customers,
        sum(customer.net_sales) as net_sales,
        count(*) filter (where customer.orders > 1) as came_back
    from dim_customer as customer
    cross join today
    where
        customer.is_customer
        and customer.first_order_date >= today.first_month
        and customer.first_order_date < date_trunc('month', today.as_of)
    group by all
),

joined as (
    select
        customers.first_order_channel,
        sum(customers.customers)::bigint as customers,
        sum(customers.net_sales) as net_sales,
        sum(customers.came_back)::bigint as came_back,
        sum(customers.customers) filter (where costs.acquisition_cost is not null) as customers_with_cost
    from customers
    inner join known_months on customers.month = known_months.month
    left join costs on customers.first_order_channel = costs.channel and customers.month = costs.month
    group by all
)

select
    joined.first_order_channel,
    dim_channel.name,
    dim_channel.name_vi,
    joined.customers,
    joined.net_sales,
    joined.net_sales / nullif(joined.customers, 0) as net_sales_per_customer,
    joined.came_back,
    joined.came_back / nullif(joined.customers, 0) as came_back_rate,
    costs_of_channels.acquisition_cost,
    costs_of_channels.acquisition_cost / nullif(joined.customers_with_cost, 0) as cost_per_customer
from joined
left join costs_of_channels on joined.first_order_channel = costs_of_channels.channel
left join dim_channel on joined.first_order_channel = dim_channel.channel
order by joined.net_sales desc
