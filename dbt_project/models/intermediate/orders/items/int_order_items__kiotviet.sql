-- Grain: one row of an invoice of KiotViet.
with

kiotviet as (select * from {{ ref('stg_kiotviet__invoices') }}),

-- an invoice's own cells are repeated on each row: the discount on all of it is none of a row's
final as (
    select
        source,
        account,
        invoice_code as order_name,
        batch_id,
        landed_row,
        exported_at,
        phone_hash,
        customer_key,
        sold_at as ordered_at,
        coalesce({{ sales_place_named('sales_channel') }}, 'offline') as sales_place,
        {{ marketplace_named('sales_channel') }} as marketplace,
        {{ says_cancelled('status') }} as is_cancelled,
        {{ says_undelivered('status', 'cast(null as varchar)') }} as is_undelivered,
        invoice_discount as order_discount,
        sku,
        product,
        quantity,
        cast({{ times('price', 'quantity') }} as decimal(38, 6)) as amount,
        cast({{ times('price', 'quantity') }} - line_total as decimal(18, 6)) as line_discount,
        {{ is_gift_card('product') }} as is_gift_card
    from kiotviet
)

select * from final
