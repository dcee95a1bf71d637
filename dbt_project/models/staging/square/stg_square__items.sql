-- Grain: one item line of a till's transaction: sold (Payment) or given back (Refund).
-- depends_on: {{ source('square', 'items') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('square', 'items') }}),

final as (
    select
        'square' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- ids
        transaction_id,
        payment_id,
        customer_key,
        login_hash,

        ---------- the line
        lower(event_type) as event_type,
        item,
        category,
        sku,
        itemization_type,
        quantity,
        gross_sales,
        discounts,
        net_sales,
        tax,

        ---------- times
        day,
        sold_at
    from landed
)

select * from final
