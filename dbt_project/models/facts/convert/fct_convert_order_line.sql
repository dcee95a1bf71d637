-- Grain: one item line of an order.
with

lines as (select * from {{ ref('int_order_lines') }}),

final as (
    select
        order_line_id,
        source,
        account,
        order_id,
        order_date,
        sku,
        product,
        cast(quantity as decimal(18, 6)) as quantity,
        gross_sales,
        is_gift_card
    from lines
)

select * from final
