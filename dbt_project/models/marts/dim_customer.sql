-- Grain: one person with an order that counts.
with

persons as (
    select * from {{ ref('int_persons') }}
    where first_order_id is not null
),

final as (
    select
        person_id,
        market,
        first_touch_day,
        first_order_date,
        first_order_channel,
        last_order_date,
        orders,
        net_sales
    from persons
)

select * from final
