-- Grain: one row per revenue measure × window × market: what the customers of the equally long window before brought
-- then, and what they brought in this one.
with

windows as (
    select * from {{ ref('int_windows') }}
    where period in {{ crossed_periods() }} and reached_on >= window_start
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

-- sales stand at the order date, what was given back at the refund date
movements as (
    select person_id, order_date as day, gross_sales - discounts as amount, 1 as orders
    from orders
    union all
    select orders.person_id, refunds.refund_date as day, -refunds.refunded_sales as amount, 0 as orders
    from refunds
    inner join orders on refunds.order_id = orders.order_id
),

daily as (
    select person_id, day, sum(amount) as amount, sum(orders) as orders
    from movements
    group by person_id, day
),

-- a window that runs is held against as many days before it as it has had itself
spans as (
    select
        period,
        window_start,
        window_end,
        reached_on,
        {{ add_days('window_start', '-(' ~ days_between('window_start', 'reached_on') ~ ' + 1)') }} as before_start
    from windows
),

by_person as (
    select
        spans.period,
        spans.window_start,
        spans.window_end,
        daily.person_id,
        sum(case when daily.day < spans.window_start then daily.amount else 0 end) as amount_before,
        sum(case when daily.day >= spans.window_start then daily.amount else 0 end) as amount_now
    from spans
    inner join daily on daily.day between spans.before_start and spans.reached_on
    group by spans.period, spans.window_start, spans.window_end, daily.person_id
    -- whoever only gave something back then was no customer of that window
    having sum(case when daily.day < spans.window_start then daily.orders else 0 end) > 0
),

with_market as (
    select
        by_person.period,
        by_person.window_start,
        by_person.window_end,
        cast(null as string) as channel,
        history.first_order_market as market,
        by_person.amount_before,
        by_person.amount_now,
        least(by_person.amount_before, by_person.amount_now) as amount_capped
    from by_person
    inner join history on by_person.person_id = history.person_id
),

summed as (
    select
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        sum(amount_before) as revenue_before,
        sum(amount_now) as revenue_retained,
        sum(amount_capped) as revenue_retained_capped
    {{ rolled_up_from('with_market', ['period', 'window_start', 'window_end']) }}
),

final as (
    {% for measure in ['revenue_before', 'revenue_retained', 'revenue_retained_capped'] %}
    select
        '{{ measure }}' as measure,
        period,
        window_start,
        window_end,
        channel,
        market,
        cast({{ measure }} as decimal(38, 6)) as value
    from summed
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
