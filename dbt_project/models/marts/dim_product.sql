-- Grain: one product: a stock keeping unit, or an item's name where it has none.
with

lines as (select * from {{ ref('fct_convert_order_line') }}),

named as (
    select
        *,
        coalesce(nullif(sku, ''), product) as product_code
    from lines
    -- a list of orders names no articles
    where coalesce(nullif(sku, ''), product) is not null
),

-- the name of the last sale, since names are edited
final as (
    select
        product_code,
        {{ at_greatest('product', "concat_ws('', cast(order_date as string), product)") }} as product,
        max(nullif(sku, '')) as sku,
        max(is_gift_card) as is_gift_card,
        min(order_date) as first_sold_on,
        max(order_date) as last_sold_on
    from named
    group by product_code
)

select * from final
