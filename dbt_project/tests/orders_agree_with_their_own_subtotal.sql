-- Where a shop states what the items of an order came to after discounts, its lines come to the same, to the minor
-- unit. Shops edit orders and round on their own, so a difference is shown beside the numbers.
{{ config(severity='warn') }}

with

orders as (
    select
        source,
        account,
        order_name,
        max(subtotal) as subtotal,
        sum({{ times('lineitem_price', 'coalesce(lineitem_quantity, 0)') }}) - coalesce(max(discount_amount), 0)
            as sum_of_lines
    from {{ ref('stg_shopify__orders') }}
    group by source, account, order_name
),

accounts as (select * from {{ source('house', 'accounts') }})

select
    orders.source,
    orders.account,
    orders.order_name,
    orders.subtotal,
    orders.sum_of_lines
from orders
inner join accounts on orders.source = accounts.source and orders.account = accounts.account
where abs(orders.subtotal - orders.sum_of_lines) * {{ minor_units_per_unit('accounts.minor_unit') }} > 1
