-- Grain: one order as one export showed it: what is known only as a difference between exports.
-- depends_on: {{ source('shopify', 'orders') }}
with

landed as (select * from {{ landed_states('shopify', 'orders') }}),

-- an order has a row per line, and only the first of them carries the order's cells
final as (
    select
        'shopify' as source,
        account,
        _entity as order_name,
        exported_at,
        max(refunded_amount) as refunded_amount,
        max(tags) as tags
    from landed
    group by account, _entity, exported_at
)

select * from final
