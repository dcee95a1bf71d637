-- Grain: one order with its person and the touch that earned it: the last non-direct session within the look-back.
with

orders as (select * from {{ ref('int_order_heads') }}),

persons as (select * from {{ ref('int_order_persons') }}),

touches as (select * from {{ ref('int_order_touches') }}),

ranked as (
    select
        order_id,
        session_id,
        channel,
        ad_source,
        row_number() over (partition by order_id order by touch_number desc) as latest
    from touches
    where channel <> 'direct'
),

final as (
    select
        orders.order_id,
        persons.person_id,
        persons.order_number,
        ranked.session_id,
        coalesce(
            orders.shop_channel,
            ranked.channel,
            case when orders.sales_place = 'online' then 'direct' else 'store' end
        ) as channel,
        ranked.ad_source
    from orders
    inner join persons on orders.order_id = persons.order_id
    left join ranked on orders.order_id = ranked.order_id and ranked.latest = 1
)

select * from final
