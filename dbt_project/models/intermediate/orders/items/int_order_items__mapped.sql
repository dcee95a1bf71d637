-- Grain: one item row of an order of a source whose files share the mapped shape.
with

mapped as (select * from {{ ref('int_mapped_orders') }}),

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
        sales_place,
        marketplace,
        country,
        {{ says_cancelled('status') }} as is_cancelled,
        cancelled_at,
        {{ says_undelivered('status', 'delivery_state') }} as is_undelivered,
        order_discount,
        order_total as total,
        buyer_shipping as shipping,
        taxes,
        refunded_amount,
        sku,
        product,
        cast(quantity as decimal(18, 6)) as quantity,
        amount,
        coalesce(seller_discount, 0) as line_discount,
        {{ is_gift_card('product') }} as is_gift_card
    from mapped
)

select * from final
