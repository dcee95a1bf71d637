-- Grain: one item sold at a Square till.
with

square as (select * from {{ ref('stg_square__items') }}),

-- a till's discounts are negative; what is left of a line says them without signs
final as (
    select
        source,
        account,
        transaction_id as order_name,
        batch_id,
        landed_row,
        login_hash,
        customer_key,
        sold_at as ordered_at,
        'offline' as sales_place,
        false as is_cancelled,
        false as is_undelivered,
        sum(tax) over (partition by account, transaction_id) as taxes,
        sku,
        item as product,
        quantity,
        cast(gross_sales as decimal(38, 6)) as amount,
        gross_sales - net_sales as line_discount,
        {{ is_gift_card('item', 'itemization_type') }} as is_gift_card
    from square
    where event_type = 'payment'
)

select * from final
