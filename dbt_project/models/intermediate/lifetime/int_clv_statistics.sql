-- Grain: one person × month end, from the month of the first order to the last month that is over.
-- What a person's buying up to then comes down to: how often, until when, for how long, how much.
with

settings as (select * from {{ source('house', 'settings') }}),

counted as (
    select *
    from {{ ref('int_orders') }}
    where is_counted and person_id is not null
),

refunds as (
    select *
    from {{ ref('int_refunds') }}
    where order_id is not null
),

buyers as (
    select person_id, order_date as first_day, market
    from counted
    where order_number = 1
),

-- a later order may have an earlier day in another zone: it counts on the first one's
orders as (
    select
        counted.order_id,
        counted.person_id,
        counted.gross_sales,
        counted.discounts,
        greatest(counted.order_date, buyers.first_day) as order_date
    from counted
    inner join buyers on counted.person_id = buyers.person_id
),

-- what later purchase days brought, by the month of the sale or refund
movements as (
    select
        orders.person_id,
        orders.order_date as day,
        orders.order_date as purchase_day,
        case when orders.order_date > buyers.first_day then orders.gross_sales - orders.discounts else 0 end as amount
    from orders
    inner join buyers on orders.person_id = buyers.person_id
    union all
    select
        orders.person_id,
        greatest(refunds.refund_date, orders.order_date) as day,
        cast(null as date) as purchase_day,
        -refunds.refunded_sales as amount
    from refunds
    inner join orders on refunds.order_id = orders.order_id
    inner join buyers on orders.person_id = buyers.person_id
    where orders.order_date > buyers.first_day
),

monthly as (
    select
        person_id,
        {{ month_end('day') }} as month_end,
        count(distinct purchase_day) as purchase_days,
        max(purchase_day) as last_day,
        sum(amount) as amount
    from movements
    group by person_id, {{ month_end('day') }}
),

days as (
    select {{ each_day('span.first_day', 'span.as_of') }} as day
    from (
        select min(buyers.first_day) as first_day, max(settings.as_of) as as_of
        from buyers
        cross join settings
    ) as span
    where span.first_day <= span.as_of
),

month_ends as (
    select distinct {{ month_end('days.day') }} as month_end
    from days
    cross join settings
    where {{ month_end('days.day') }} < settings.as_of
),

to_date as (
    select
        buyers.person_id,
        buyers.market,
        buyers.first_day,
        month_ends.month_end,
        sum(monthly.purchase_days) over (
            partition by buyers.person_id order by month_ends.month_end rows unbounded preceding
        ) as purchase_days,
        max(monthly.last_day) over (
            partition by buyers.person_id order by month_ends.month_end rows unbounded preceding
        ) as last_day,
        sum(monthly.amount) over (
            partition by buyers.person_id order by month_ends.month_end rows unbounded preceding
        ) as amount
    from buyers
    inner join month_ends on buyers.first_day <= month_ends.month_end
    left join monthly on buyers.person_id = monthly.person_id and month_ends.month_end = monthly.month_end
),

final as (
    select
        person_id,
        market,
        month_end,
        cast(purchase_days - 1 as bigint) as frequency,
        cast({{ days_between('first_day', 'last_day') }} as bigint) as recency_days,
        cast({{ days_between('first_day', 'month_end') }} as bigint) as age_days,
        case when purchase_days > 1 then cast(amount as double) / (purchase_days - 1) end as mean_value
    from to_date
)

select * from final
