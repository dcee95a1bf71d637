-- Grain: one item row of an invoice, as the newest export of the invoice shows it; what belongs to the invoice is
-- repeated on each of its rows.
-- depends_on: {{ source('kiotviet', 'invoices') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('kiotviet', 'invoices') }}),

final as (
    select
        'kiotviet' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        _exported_at as exported_at,

        ---------- ids
        invoice_code,
        customer_key,
        phone_hash,

        ---------- the invoice
        sold_at,
        branch,
        sales_channel,
        status,
        items_total,
        abs(invoice_discount) as invoice_discount,
        taxes,
        surcharges,
        to_pay,

        ---------- the row
        sku,
        product,
        quantity,
        price,
        line_total
    from landed
)

select * from final
