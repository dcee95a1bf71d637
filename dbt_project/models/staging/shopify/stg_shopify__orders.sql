-- Grain: one line of an order, as the newest export of the order shows it. Cells of the order itself stand
-- on its first line only.
-- depends_on: {{ source('shopify', 'orders') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('shopify', 'orders') }}),

final as (
    select
        'shopify' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        _exported_at as exported_at,

        ---------- ids
        order_name,
        order_id,
        email_hash,
        phone_hash,

        ---------- the order
        subtotal,
        total,
        shipping,
        taxes,
        discount_amount,
        refunded_amount,
        tags,
        source_name,
        payment_method,
        shipping_country,
        billing_country,
        created_at,
        cancelled_at,

        ---------- the line
        lineitem_name,
        lineitem_sku,
        lineitem_quantity,
        lineitem_price
    from landed
)

select * from final
