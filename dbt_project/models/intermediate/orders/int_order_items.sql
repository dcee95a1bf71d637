-- Grain: one item line sold in a shop or at a till, in one shape for all sources; cells of the order itself stand
-- on at least one of its lines. Amounts in the account's currency, with VAT where its prices hold it.
with

shopify as (select * from {{ ref('stg_shopify__orders') }}),

square as (select * from {{ ref('stg_square__items') }}),

kiotviet as (select * from {{ ref('stg_kiotviet__invoices') }}),

mapped as (select * from {{ ref('int_mapped_orders') }}),

woocommerce_items as (select * from {{ ref('stg_woocommerce__order_items') }}),

woocommerce_orders as (select * from {{ ref('stg_woocommerce__orders') }}),

shopify_items as (
    select
        source,
        account,
        order_name,
        batch_id,
        landed_row,
        exported_at,
        order_id as shop_order_id,
        email_hash,
        phone_hash,
        cast(null as varchar) as login_hash,
        cast(null as varchar) as customer_key,
        created_at as ordered_at,
        case when lower(source_name) = 'pos' then 'offline' end as sales_place,
        cast(null as varchar) as marketplace,
        coalesce(shipping_country, billing_country) as country,
        tags,
        cancelled_at is not null as is_cancelled,
        cancelled_at,
        {{ has_undelivered_tag('tags') }} as is_undelivered,
        discount_amount as order_discount,
        subtotal,
        total,
        refunded_amount,
        lineitem_sku as sku,
        lineitem_name as product,
        cast(lineitem_quantity as decimal(18, 6)) as quantity,
        case
            when lineitem_name is not null
                then cast(lineitem_price as decimal(38, 6)) * coalesce(lineitem_quantity, 0)
        end as amount,
        cast(0 as decimal(18, 6)) as line_discount,
        {{ is_gift_card('lineitem_name') }} as is_gift_card
    from shopify
),

-- a till's discounts are negative; what is left of a line says them without signs
square_items as (
    select
        source,
        account,
        transaction_id as order_name,
        batch_id,
        landed_row,
        cast(null as timestamp) as exported_at,
        cast(null as varchar) as shop_order_id,
        cast(null as varchar) as email_hash,
        cast(null as varchar) as phone_hash,
        login_hash,
        customer_key,
        sold_at as ordered_at,
        'offline' as sales_place,
        cast(null as varchar) as marketplace,
        cast(null as varchar) as country,
        cast(null as varchar) as tags,
        false as is_cancelled,
        cast(null as timestamp) as cancelled_at,
        false as is_undelivered,
        cast(null as decimal(18, 6)) as order_discount,
        cast(null as decimal(18, 6)) as subtotal,
        cast(null as decimal(18, 6)) as total,
        cast(null as decimal(18, 6)) as refunded_amount,
        sku,
        item as product,
        quantity,
        cast(gross_sales as decimal(38, 6)) as amount,
        gross_sales - net_sales as line_discount,
        {{ is_gift_card('item', 'itemization_type') }} as is_gift_card
    from square
    where event_type = 'payment'
),

-- an invoice's own cells are repeated on each row: the discount on all of it is none of a row's
kiotviet_items as (
    select
        source,
        account,
        invoice_code as order_name,
        batch_id,
        landed_row,
        exported_at,
        cast(null as varchar) as shop_order_id,
        cast(null as varchar) as email_hash,
        phone_hash,
        cast(null as varchar) as login_hash,
        customer_key,
        sold_at as ordered_at,
        coalesce({{ sales_place_named('sales_channel') }}, 'offline') as sales_place,
        {{ marketplace_named('sales_channel') }} as marketplace,
        cast(null as varchar) as country,
        cast(null as varchar) as tags,
        {{ says_cancelled('status') }} as is_cancelled,
        cast(null as timestamp) as cancelled_at,
        {{ says_undelivered('status', 'cast(null as varchar)') }} as is_undelivered,
        invoice_discount as order_discount,
        cast(null as decimal(18, 6)) as subtotal,
        cast(null as decimal(18, 6)) as total,
        cast(null as decimal(18, 6)) as refunded_amount,
        sku,
        product,
        quantity,
        cast({{ times('price', 'quantity') }} as decimal(38, 6)) as amount,
        cast({{ times('price', 'quantity') }} - line_total as decimal(18, 6)) as line_discount,
        {{ is_gift_card('product') }} as is_gift_card
    from kiotviet
),

mapped_items as (
    select
        source,
        account,
        order_name,
        batch_id,
        landed_row,
        exported_at,
        cast(null as varchar) as shop_order_id,
        email_hash,
        phone_hash,
        cast(null as varchar) as login_hash,
        cast(null as varchar) as customer_key,
        ordered_at,
        coalesce({{ sales_place_named('sales_channel') }}, 'online') as sales_place,
        marketplace,
        country,
        cast(null as varchar) as tags,
        {{ says_cancelled('status') }} as is_cancelled,
        cancelled_at,
        {{ says_undelivered('status', 'delivery_state') }} as is_undelivered,
        order_discount,
        cast(null as decimal(18, 6)) as subtotal,
        order_total as total,
        refunded_amount,
        sku,
        product,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(price as decimal(38, 6)) * quantity as amount,
        coalesce(seller_discount, 0) as line_discount,
        {{ is_gift_card('product') }} as is_gift_card
    from mapped
),

woocommerce_told as (
    select
        'items' as told_by,
        source,
        account,
        order_name,
        batch_id,
        landed_row,
        exported_at,
        email_hash,
        phone_hash,
        ordered_at,
        country,
        status,
        order_discount,
        order_total,
        refunded_amount,
        sku,
        product,
        quantity,
        amount
    from woocommerce_items
    union all
    select
        'orders' as told_by,
        source,
        account,
        order_name,
        batch_id,
        landed_row,
        exported_at,
        cast(null as varchar) as email_hash,
        cast(null as varchar) as phone_hash,
        ordered_at,
        cast(null as varchar) as country,
        status,
        cast(null as decimal(18, 6)) as order_discount,
        cast(null as decimal(18, 6)) as order_total,
        cast(null as decimal(18, 6)) as refunded_amount,
        cast(null as varchar) as sku,
        products as product,
        cast(items_sold as decimal(18, 6)) as quantity,
        net_sales as amount
    from woocommerce_orders
    where net_sales >= 0
),

-- an order that comes with its items and in the list of orders, too, is told by its items, which know the buyer;
-- what became of it, by the newest export of both
woocommerce as (
    select
        *,
        dense_rank() over (partition by account, order_name order by told_by asc) as preference,
        first_value(status) over (
            partition by account, order_name order by exported_at desc, told_by asc
        ) as newest_status
    from woocommerce_told
),

woocommerce_sold as (
    select
        source,
        account,
        order_name,
        batch_id,
        landed_row,
        exported_at,
        cast(null as varchar) as shop_order_id,
        email_hash,
        phone_hash,
        cast(null as varchar) as login_hash,
        cast(null as varchar) as customer_key,
        ordered_at,
        cast(null as varchar) as sales_place,
        cast(null as varchar) as marketplace,
        country,
        cast(null as varchar) as tags,
        {{ says_cancelled('newest_status') }} as is_cancelled,
        cast(null as timestamp) as cancelled_at,
        false as is_undelivered,
        order_discount,
        cast(null as decimal(18, 6)) as subtotal,
        order_total as total,
        refunded_amount,
        sku,
        product,
        quantity,
        cast(amount as decimal(38, 6)) as amount,
        cast(0 as decimal(18, 6)) as line_discount,
        {{ is_gift_card('product') }} as is_gift_card
    from woocommerce
    where preference = 1
),

final as (
    select * from shopify_items
    union all
    select * from square_items
    union all
    select * from kiotviet_items
    union all
    select * from mapped_items
    union all
    select * from woocommerce_sold
)

select * from final
