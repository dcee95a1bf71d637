-- Grain: one item line of an order of Shopify; cells of the order stand on its first line.
with

shopify as (select * from {{ ref('stg_shopify__orders') }}),

sales_channels as (select * from {{ ref('int_sales_channels') }}),

final as (
    select
        shopify.source,
        shopify.account,
        shopify.order_name,
        shopify.batch_id,
        shopify.landed_row,
        shopify.exported_at,
        shopify.order_id as shop_order_id,
        shopify.email_hash,
        shopify.phone_hash,
        shopify.created_at as ordered_at,
        sales_channels.sales_place,
        sales_channels.marketplace,
        coalesce(shopify.shipping_country, shopify.billing_country) as country,
        shopify.tags,
        shopify.cancelled_at is not null as is_cancelled,
        shopify.cancelled_at,
        {{ has_undelivered_tag('shopify.tags') }} as is_undelivered,
        shopify.discount_amount as order_discount,
        shopify.subtotal,
        shopify.total,
        shopify.shipping,
        shopify.taxes,
        shopify.refunded_amount,
        shopify.lineitem_sku as sku,
        shopify.lineitem_name as product,
        cast(shopify.lineitem_quantity as decimal(18, 6)) as quantity,
        case
            when shopify.lineitem_name is not null
                then cast(shopify.lineitem_price as decimal(38, 6)) * coalesce(shopify.lineitem_quantity, 0)
        end as amount,
        cast(0 as decimal(18, 6)) as line_discount,
        {{ is_gift_card('shopify.lineitem_name') }} as is_gift_card
    from shopify
    left join sales_channels on {{ sales_channel_name('shopify.source_name') }} = sales_channels.sales_channel
)

select * from final
