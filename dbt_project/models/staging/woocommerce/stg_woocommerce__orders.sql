-- Grain: one row of an order of Analytics › Orders, as the newest export of the order shows it: the sale, or a
-- refund below zero.
-- depends_on: {{ source('woocommerce', 'orders') }}
with

landed as (select * from {{ landed('woocommerce', 'orders') }}),

-- two sales may share a number (two shops in one folder, a numbering that began anew): the first of them bears it alone
numbered as (
    select
        *,
        dense_rank() over (partition by account, order_name, net_sales >= 0 order by ordered_at asc) as number_of_name
    from landed
    where lower(status) not in {{ never_placed() }}
),

final as (
    select
        'woocommerce' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        _exported_at as exported_at,

        ---------- ids
        case
            when net_sales >= 0 and number_of_name > 1
                then concat_ws('', order_name, ' · ', cast(ordered_at as string))
            else order_name
        end as order_name,

        ---------- the order
        ordered_at,
        lower(status) as status,
        products,
        items_sold,
        net_sales,
        attribution
    from numbered
)

select * from final
