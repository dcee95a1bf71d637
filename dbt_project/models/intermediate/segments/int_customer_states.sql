-- Grain: one row per person with a counted order by then × day that is asked for: the day before each month, quarter
-- and cycle, and the day before as_of. What was known of the customer on that day.
with

settings as (select * from {{ source('house', 'settings') }}),

periods as (
    select * from {{ ref('int_periods') }}
    where period in {{ crossed_periods() }}
),

orders as (
    select * from {{ ref('fct_convert_order') }}
    where is_counted and person_id is not null
),

refunds as (
    select * from {{ ref('fct_convert_refund') }}
    where is_counted
),

history as (select * from {{ ref('int_person_history') }}),

customer_values as (select * from {{ ref('fct_engage_customer_value') }}),

days_asked as (
    select {{ add_days('period_start', -1) }} as day from periods
    union
    select {{ add_days('as_of', -1) }} as day from settings
),

movements as (
    select
        person_id,
        order_date as day,
        order_date,
        1 as orders,
        gross_sales - discounts as amount
    from orders
    union all
    select
        orders.person_id,
        refunds.refund_date as day,
        cast(null as date) as order_date,
        0 as orders,
        -refunds.refunded_sales as amount
    from refunds
    inner join orders on refunds.order_id = orders.order_id
),

daily as (
    select
        person_id,
        day,
        max(order_date) as order_date,
        sum(orders) as orders,
        sum(amount) as amount
    from movements
    group by person_id, day
),

-- what a person's orders came to from one day with a movement to the next
to_date as (
    select
        person_id,
        day as from_day,
        coalesce(
            lead(day) over (partition by person_id order by day), cast('9999-12-31' as date)
        ) as until_day,
        min(order_date) over (partition by person_id order by day rows unbounded preceding) as first_order_date,
        max(order_date) over (partition by person_id order by day rows unbounded preceding) as last_order_date,
        sum(orders) over (partition by person_id order by day rows unbounded preceding) as orders,
        sum(amount) over (partition by person_id order by day rows unbounded preceding) as net_sales
    from daily
),

month_ends as (select distinct month_end from customer_values),

newest as (
    select days_asked.day, max(month_ends.month_end) as month_end
    from days_asked
    inner join month_ends on days_asked.day >= month_ends.month_end
    group by days_asked.day
),

final as (
    select
        days_asked.day,
        to_date.person_id,
        history.first_order_market as market,
        cast(to_date.orders as bigint) as orders,
        cast(to_date.net_sales as decimal(38, 6)) as net_sales,
        cast({{ days_between('to_date.first_order_date', 'days_asked.day') }} as bigint) as days_since_first_order,
        cast({{ days_between('to_date.last_order_date', 'days_asked.day') }} as bigint) as days_since_last_order,
        {{ days_between('to_date.last_order_date', 'days_asked.day') }} < settings.churn_window_days as is_active,
        customer_values.probability_90d,
        customer_values.clv_12m,
        customer_values.churn_risk,
        customer_values.churn_band
    from days_asked
    cross join settings
    inner join to_date on days_asked.day >= to_date.from_day and days_asked.day < to_date.until_day
    inner join history on to_date.person_id = history.person_id
    left join newest on days_asked.day = newest.day
    left join customer_values
        on to_date.person_id = customer_values.person_id and newest.month_end = customer_values.month_end
    -- a refund of an order that another zone dates later is no order
    where to_date.orders > 0
)

select * from final
