-- Grain: one item line of an order of WooCommerce, or all of an order whose items are not known.
with

woocommerce_items as (select * from {{ ref('stg_woocommerce__order_items') }}),

woocommerce_orders as (select * from {{ ref('stg_woocommerce__orders') }}),

told as (
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
        order_shipping,
        taxes,
        refunded_amount,
        sku,
        product,
        quantity,
        amount,
        false as is_net
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
        cast(null as string) as email_hash,
        cast(null as string) as phone_hash,
        ordered_at,
        cast(null as string) as country,
        status,
        cast(null as decimal(18, 6)) as order_discount,
        cast(null as decimal(18, 6)) as order_total,
        cast(null as decimal(18, 6)) as order_shipping,
        cast(null as decimal(18, 6)) as taxes,
        cast(null as decimal(18, 6)) as refunded_amount,
        cast(null as string) as sku,
        products as product,
        cast(items_sold as decimal(18, 6)) as quantity,
        net_sales as amount,
        -- Analytics' Net Sales are without tax, whatever the shop's prices hold
        true as is_net
    from woocommerce_orders
    where net_sales >= 0
),

-- an order that comes with its items and in the list of orders, too, is told by its items, which know the buyer;
-- what became of it, by the newest export of both
preferred as (
    select
        *,
        dense_rank() over (partition by account, order_name order by told_by asc) as preference,
        first_value(status) over (
            partition by account, order_name order by exported_at desc, told_by asc
        ) as newest_status
    from told
),

final as (
    select
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
        {{ says_cancelled('newest_status') }} as is_cancelled,
        false as is_undelivered,
        order_discount,
        order_total as total,
        order_shipping as shipping,
        taxes,
        refunded_amount,
        sku,
        product,
        quantity,
        cast(amount as decimal(38, 6)) as amount,
        cast(0 as decimal(18, 6)) as line_discount,
        is_net,
        {{ is_gift_card('product') }} as is_gift_card
    from preferred
    where preference = 1
)

select * from final
