-- Grain: one person with an order that counts: recency, frequency, monetary value and their segment.
with

orders as (
    select *
    from {{ ref('int_orders') }}
    where is_counted
),

segments as (select * from {{ ref('rfm_segments') }}),

-- seen from one day after the newest order of anybody, known or guest
seen_from as (select {{ add_24_hours('max(ordered_at)', 1) }} as moment from orders),

buyers as (
    select
        person_id,
        max(ordered_at) as last_order_at,
        count(*) as frequency,
        cast(sum(net_sales) as decimal(38, 6)) as monetary
    from orders
    where person_id is not null
    group by person_id
),

measured as (
    select
        buyers.*,
        cast(
            {{ whole_quotient(minutes_between('buyers.last_order_at', 'seen_from.moment'), 1440) }} as bigint
        ) as recency_days
    from buyers
    cross join seen_from
),

-- how many customers are strictly worse: equal ones are alike
ranked as (
    select
        *,
        rank() over (order by recency_days desc) - 1 as worse_in_recency,
        rank() over (order by frequency) - 1 as worse_in_frequency,
        rank() over (order by monetary) - 1 as worse_in_monetary,
        count(*) over () as customers
    from measured
),

scored as (
    select
        person_id,
        recency_days,
        frequency,
        monetary,
        cast(1 + {{ whole_quotient('5 * worse_in_recency', 'customers') }} as integer) as r_score,
        cast(1 + {{ whole_quotient('5 * worse_in_frequency', 'customers') }} as integer) as f_score,
        cast(1 + {{ whole_quotient('5 * worse_in_monetary', 'customers') }} as integer) as m_score
    from ranked
),

final as (
    select
        scored.person_id,
        scored.recency_days,
        scored.frequency,
        scored.monetary,
        scored.r_score,
        scored.f_score,
        scored.m_score,
        segments.segment
    from scored
    inner join segments on scored.r_score = segments.r_score and scored.f_score = segments.f_score
)

select * from final
