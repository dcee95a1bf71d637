-- Grain: one item line of an order of Shopify; cells of the order stand on its first line.
with

shopify as (select * from {{ ref('stg_shopify__orders') }}),

final as (
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
        created_at as ordered_at,
        case when lower(source_name) = 'pos' then 'offline' end as sales_place,
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
)

select * from final
