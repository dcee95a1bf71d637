-- Grain: one item line sold in a shop or at a till, in one shape for all sources; cells of the order itself stand
-- on at least one of its lines. Amounts in the account's currency, with VAT where its prices hold it.
with

shopify as (select * from {{ ref('stg_shopify__orders') }}),

square as (select * from {{ ref('stg_square__items') }}),

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
        cast(null as varchar) as shop_channel,
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
        cast(null as varchar) as shop_channel,
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

final as (
    select * from shopify_items
    union all
    select * from square_items
)

select * from final
