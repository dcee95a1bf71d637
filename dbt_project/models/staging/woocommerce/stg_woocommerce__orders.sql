-- Grain: one row of an order of Analytics › Orders, as the newest export of the order shows it: the sale, or a
-- refund below zero.
-- depends_on: {{ source('woocommerce', 'orders') }}
with

landed as (select * from {{ landed('woocommerce', 'orders') }}),

final as (
    select
        'woocommerce' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        _exported_at as exported_at,

        ---------- ids
        order_name,

        ---------- the order
        ordered_at,
        lower(status) as status,
        products,
        items_sold,
        net_sales,
        attribution
    from landed
    where lower(status) not in {{ never_placed() }}
)

select * from final
