-- Grain: one row of an invoice of KiotViet.
with

invoices as (select * from {{ ref('stg_kiotviet__invoices') }}),

owed as (
    select
        *,
        to_pay - (items_total - coalesce(invoice_discount, 0)) - coalesce(surcharges, 0) as owed_beside
    from invoices
),

-- a tax that the customer owes on top of the goods is in none of their prices, whatever the shop's others hold; what is
-- owed may be rounded, and hold a charge that the file does not state
kiotviet as (
    select
        *,
        coalesce(taxes > 0 and owed_beside * 2 > taxes and owed_beside * 2 < taxes * 3, false) as is_net
    from owed
),

sales_channels as (select * from {{ ref('int_sales_channels') }}),

-- an invoice's own cells are repeated on each row: the discount on all of it is none of a row's
final as (
    select
        kiotviet.source,
        kiotviet.account,
        kiotviet.invoice_code as order_name,
        kiotviet.batch_id,
        kiotviet.landed_row,
        kiotviet.exported_at,
        kiotviet.phone_hash,
        kiotviet.customer_key,
        kiotviet.sold_at as ordered_at,
        coalesce(sales_channels.sales_place, 'offline') as sales_place,
        sales_channels.marketplace,
        {{ says_cancelled('kiotviet.status') }} as is_cancelled,
        {{ says_undelivered('kiotviet.status', 'cast(null as string)') }} as is_undelivered,
        kiotviet.invoice_discount as order_discount,
        case when not kiotviet.is_net then kiotviet.taxes end as taxes,
        kiotviet.is_net,
        kiotviet.sku,
        kiotviet.product,
        kiotviet.quantity,
        cast({{ times('kiotviet.price', 'kiotviet.quantity') }} as decimal(38, 6)) as amount,
        cast({{ times('kiotviet.price', 'kiotviet.quantity') }} - kiotviet.line_total as decimal(18, 6))
            as line_discount,
        {{ is_gift_card('kiotviet.product') }} as is_gift_card
    from kiotviet
    left join sales_channels on {{ sales_channel_name('kiotviet.sales_channel') }} = sales_channels.sales_channel
)

select * from final
