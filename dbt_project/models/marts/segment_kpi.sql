-- Grain: one row per breakdown × segment × month, quarter or cycle: what the persons brought who were in the segment on
-- the day before the period, so that no segment is made by what it is measured by; and what the customers brought by
-- the age, gender and province that they agreed to tell, which are known as they are now.
with

settings as (select * from {{ source('house', 'settings') }}),

periods as (
    select * from {{ ref('int_periods') }}
    where period in {{ crossed_periods() }}
),

members as (select * from {{ ref('int_customer_segments') }}),

demographics as (select * from {{ ref('int_demographics') }}),

orders as (
    select * from {{ ref('fct_convert_order') }}
    where is_counted and person_id is not null
),

refunds as (
    select * from {{ ref('fct_convert_refund') }}
    where is_counted
),

-- on which days customers cannot be told from new ones at one of the accounts
young_days as (
    select from_day, until_day
    from {{ ref('int_young_histories') }}
    where market = 'all'
),

coverage as (
    select period, window_start, is_complete
    from {{ ref('int_measure_coverage') }}
    where measure = 'customers_purchasing' and is_period
),

young_periods as (
    select distinct periods.period, periods.period_start
    from periods
    inner join young_days
        on periods.period_start < young_days.until_day and periods.period_end >= young_days.from_day
),

-- sales stand at the order date, what was given back at the refund date
movements as (
    select person_id, order_date as day, 1 as orders, order_number > 1 as is_repeat, gross_sales - discounts as amount
    from orders
    union all
    select
        orders.person_id,
        refunds.refund_date as day,
        0 as orders,
        false as is_repeat,
        -refunds.refunded_sales as amount
    from refunds
    inner join orders on refunds.order_id = orders.order_id
),

by_person as (
    select
        periods.period,
        periods.period_start,
        movements.person_id,
        sum(movements.orders) as orders,
        sum(movements.amount) as net_sales,
        max(case when movements.is_repeat then 1 else 0 end) as is_returning
    from periods
    inner join movements
        on
            movements.day between periods.period_start and periods.period_end
            and periods.as_of > movements.day
    group by periods.period, periods.period_start, movements.person_id
),

in_segment as (
    select periods.period, periods.period_start, members.person_id, members.segment
    from periods
    inner join members on {{ add_days('periods.period_start', -1) }} = members.day
),

-- who was no customer on the day before, or then met no rule, is in none
told as (
    select
        coalesce(in_segment.period, by_person.period) as period,
        coalesce(in_segment.period_start, by_person.period_start) as period_start,
        coalesce(in_segment.segment, 'none') as segment,
        in_segment.person_id as customer,
        case when by_person.orders > 0 then by_person.person_id end as buyer,
        coalesce(by_person.orders, 0) as orders,
        coalesce(by_person.net_sales, 0) as net_sales,
        coalesce(by_person.is_returning, 0) as is_returning
    from in_segment
    full outer join by_person
        on
            in_segment.period = by_person.period
            and in_segment.period_start = by_person.period_start
            and in_segment.person_id = by_person.person_id
),

divided as (
    {% for breakdown in ['age_band', 'gender', 'province'] %}
    select '{{ breakdown }}' as breakdown, person_id, {{ breakdown }} as segment
    from demographics
    where {{ breakdown }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- what nobody has told divides nobody
breakdowns as (select distinct breakdown from divided),

first_orders as (
    select person_id, min(order_date) as day
    from orders
    group by person_id
),

new_customers as (
    select
        breakdowns.breakdown,
        coalesce(divided.segment, 'unknown') as segment,
        first_orders.day,
        count(*) as customers
    from first_orders
    cross join breakdowns
    left join divided
        on breakdowns.breakdown = divided.breakdown and first_orders.person_id = divided.person_id
    group by breakdowns.breakdown, coalesce(divided.segment, 'unknown'), first_orders.day
),

-- by the day before the period; of a period that is still to come nobody knows it
standing as (
    select
        new_customers.breakdown,
        periods.period,
        periods.period_start,
        new_customers.segment,
        sum(new_customers.customers) as customers
    from periods
    inner join new_customers on periods.period_start > new_customers.day
    where periods.period_start <= periods.as_of
    group by new_customers.breakdown, periods.period, periods.period_start, new_customers.segment
),

bought as (
    select
        breakdowns.breakdown,
        by_person.period,
        by_person.period_start,
        coalesce(divided.segment, 'unknown') as segment,
        sum(case when by_person.orders > 0 then 1 else 0 end) as customers_purchasing,
        sum(by_person.orders) as orders,
        sum(by_person.net_sales) as net_sales,
        sum(case when by_person.orders > 0 then by_person.is_returning else 0 end) as returning_customers
    from by_person
    cross join breakdowns
    left join divided
        on breakdowns.breakdown = divided.breakdown and by_person.person_id = divided.person_id
    group by
        breakdowns.breakdown, by_person.period, by_person.period_start, coalesce(divided.segment, 'unknown')
),

by_segment as (
    select
        'segment' as breakdown,
        period,
        period_start,
        segment,
        count(customer) as customers,
        count(buyer) as customers_purchasing,
        sum(orders) as orders,
        sum(net_sales) as net_sales,
        sum(case when buyer is not null then is_returning else 0 end) as returning_customers
    from told
    group by period, period_start, segment
),

by_demographics as (
    select
        coalesce(standing.breakdown, bought.breakdown) as breakdown,
        coalesce(standing.period, bought.period) as period,
        coalesce(standing.period_start, bought.period_start) as period_start,
        coalesce(standing.segment, bought.segment) as segment,
        coalesce(standing.customers, 0) as customers,
        coalesce(bought.customers_purchasing, 0) as customers_purchasing,
        coalesce(bought.orders, 0) as orders,
        coalesce(bought.net_sales, 0) as net_sales,
        coalesce(bought.returning_customers, 0) as returning_customers
    from standing
    full outer join bought
        on
            standing.breakdown = bought.breakdown
            and standing.period = bought.period
            and standing.period_start = bought.period_start
            and standing.segment = bought.segment
),

summed as (
    select * from by_segment
    union all
    select * from by_demographics
),

known as (
    select
        summed.breakdown,
        summed.period,
        summed.period_start,
        periods.period_end,
        summed.segment,
        case when young_periods.period is null then summed.customers end as customers,
        case when young_periods.period is null then summed.customers_purchasing end as customers_purchasing,
        case when young_periods.period is null then summed.orders end as orders,
        case when young_periods.period is null then summed.net_sales end as net_sales,
        case when young_periods.period is null then summed.returning_customers end as returning_customers,
        coverage.is_complete,
        periods.as_of
    from summed
    inner join periods on summed.period = periods.period and summed.period_start = periods.period_start
    inner join coverage on summed.period = coverage.period and summed.period_start = coverage.window_start
    left join young_periods
        on summed.period = young_periods.period and summed.period_start = young_periods.period_start
),

final as (
    select
        breakdown,
        segment,
        period,
        period_start,
        period_end,
        cast(customers as bigint) as customers,
        cast(customers_purchasing as bigint) as customers_purchasing,
        cast(orders as bigint) as orders,
        cast(net_sales as decimal(38, 6)) as net_sales,
        cast(returning_customers as bigint) as returning_customers,
        cast(customers_purchasing as double) / nullif(customers, 0) as purchase_rate,
        cast(net_sales as double) / nullif(customers_purchasing, 0) as revenue_per_customer,
        cast(orders as double) / nullif(customers_purchasing, 0) as orders_per_customer,
        cast(returning_customers as double) / nullif(customers_purchasing, 0) as repeat_rate,
        is_complete,
        as_of
    from known
)

select * from final
