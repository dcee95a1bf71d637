-- Grain: one order as one export showed it: a cancellation or a refund may have no moment of its own.
-- depends_on: {{ source('woocommerce', 'orders') }}
-- depends_on: {{ source('woocommerce', 'order_items') }}
with

orders as (select * from {{ landed_states('woocommerce', 'orders') }}),

order_items as (select * from {{ landed_states('woocommerce', 'order_items') }}),

-- Analytics knows no running total of refunds: it lists them
shown as (
    select
        account,
        split_part(_entity, '|', 1) as order_name,
        exported_at,
        status,
        cast(null as decimal(18, 6)) as refunded_amount
    from orders
    union all
    select account, _entity as order_name, exported_at, status, coalesce(refunded_amount, 0) as refunded_amount
    from order_items
),

final as (
    select
        'woocommerce' as source,
        account,
        order_name,
        exported_at,
        max(lower(status)) as status,
        max(refunded_amount) as refunded_amount
    from shown
    group by account, order_name, exported_at
)

select * from final
