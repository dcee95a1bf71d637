-- Grain: one item of an order, as the newest export of the order shows it; cells of the order stand on each item.
-- depends_on: {{ source('woocommerce', 'order_items') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('woocommerce', 'order_items') }}),

-- `1 Name` is the cell Name of the first item
cells as (
    select
        *,
        cast(regexp_extract(item_cell, '^([0-9]+)', 1) as integer) as item_number,
        lower(regexp_replace(item_cell, '^[0-9]+ *', '')) as item_part
    from landed
    where lower(status) not in {{ never_placed() }}
),

items as (
    select
        account,
        order_name,
        item_number,
        min(_batch_id) as batch_id,
        min(_row) as landed_row,
        max(_exported_at) as exported_at,
        max(email_hash) as email_hash,
        max(phone_hash) as phone_hash,
        max(ordered_at) as ordered_at,
        max(lower(status)) as status,
        coalesce(max(shipping_country), max(billing_country)) as country,
        max(order_total) as order_total,
        max(abs(order_discount)) as order_discount,
        max(order_shipping) as order_shipping,
        max(taxes) as taxes,
        max(refunded_amount) as refunded_amount,
        max(case when item_part = 'sku' then item_value end) as sku,
        max(case when item_part in ('name', 'product name') then item_value end) as product,
        max(case when item_part in ('quantity', 'qty') then item_value end) as quantity,
        max(case when item_part in ('subtotal', 'line_subtotal') then item_value end) as subtotal,
        max(case when item_part in ('total', 'line_total') then item_value end) as total
    from cells
    group by account, order_name, item_number
),

-- the text of an amount: a point before the decimals
final as (
    select
        'woocommerce' as source,
        account,
        batch_id,
        landed_row,
        exported_at,

        ---------- ids
        order_name,
        email_hash,
        phone_hash,

        ---------- the order
        ordered_at,
        status,
        country,
        order_total,
        order_discount,
        order_shipping,
        taxes,
        refunded_amount,

        ---------- the item
        item_number,
        sku,
        product,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(replace(coalesce(subtotal, total), ',', '') as decimal(18, 6)) as amount
    from items
    where product is not null
)

select * from final
