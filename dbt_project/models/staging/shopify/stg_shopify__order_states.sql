-- Grain: one order as one export showed it: what is known only as a difference between exports.
-- depends_on: {{ source('shopify', 'orders') }}
with

landed as (select * from {{ landed_states('shopify', 'orders') }}),

-- the name by which an order goes here, where it shares its own with another one
named as (
    select distinct account, order_id, order_name
    from {{ ref('stg_shopify__orders') }}
    where order_id is not null and instr(order_name, ' · ') > 0
),

-- an order has a row per line, and only the first of them carries the order's cells
final as (
    select
        'shopify' as source,
        landed.account,
        coalesce(named.order_name, landed._entity) as order_name,
        landed.exported_at,
        max(landed.refunded_amount) as refunded_amount,
        max(landed.tags) as tags
    from landed
    left join named
        on
            landed.account = named.account
            and landed.order_id = named.order_id
            and instr(named.order_name, concat_ws('', landed._entity, ' · ')) = 1
    group by landed.account, coalesce(named.order_name, landed._entity), landed.exported_at
)

select * from final
