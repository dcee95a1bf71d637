-- Where a shop states what the items of an order came to after discounts, that lies between its lines and its lines
-- less the whole discount, of which a part may be the shipping's, to the minor unit. Else the lines count as they are:
-- shops edit orders and round on their own, so the difference is shown beside the numbers.
{{ config(severity='warn') }}

with

orders as (
    select
        source,
        account,
        order_name,
        max(subtotal) as subtotal,
        sum({{ times('lineitem_price', 'coalesce(lineitem_quantity, 0)') }}) as sum_of_lines,
        coalesce(max(discount_amount), 0) as discount
    from {{ ref('stg_shopify__orders') }}
    group by source, account, order_name
),

accounts as (select * from {{ source('house', 'accounts') }})

select
    orders.source,
    orders.account,
    orders.order_name,
    orders.subtotal,
    orders.sum_of_lines,
    orders.discount
from orders
inner join accounts on orders.source = accounts.source and orders.account = accounts.account
where
    (orders.subtotal - orders.sum_of_lines) * {{ minor_units_per_unit('accounts.minor_unit') }} > 1
    or (orders.sum_of_lines - orders.discount - orders.subtotal) * {{ minor_units_per_unit('accounts.minor_unit') }} > 1
