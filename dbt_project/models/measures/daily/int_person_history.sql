-- Grain: one row per person: when first seen, first and second order, and the market they count in.
with

sessions as (select * from {{ ref('fct_reach_session') }}),

orders as (select * from {{ ref('fct_convert_order') }}),

first_touches as (
    select
        person_id,
        least(min(first_touch_day), min(day)) as first_touch_day
    from sessions
    group by person_id
),

buyers as (
    select
        person_id,
        min(case when order_number = 1 then order_date end) as first_order_date,
        min(case when order_number = 2 then order_date end) as second_order_date,
        min(case when order_number = 1 then market end) as first_order_market
    from orders
    where order_number <= 2
    group by person_id
),

final as (
    select
        coalesce(buyers.person_id, first_touches.person_id) as person_id,
        first_touches.first_touch_day,
        buyers.first_order_date,
        -- in another zone the second order may have an earlier day; it is a second one from the first one's day on
        case
            when buyers.second_order_date is not null
                then greatest(buyers.second_order_date, buyers.first_order_date)
        end as second_order_date,
        buyers.first_order_market
    from buyers
    full outer join first_touches on buyers.person_id = first_touches.person_id
)

select * from final
