-- Several orders of one account share a name, with moments and ids of their own: each counts, the later ones under
-- their name and id. Two shops belong into two accounts.
{{ config(severity='warn') }}

with

orders as (
    select source, account, order_name from {{ ref('stg_shopify__orders') }}
    union all
    select source, account, order_name from {{ ref('stg_woocommerce__orders') }}
)

select
    concat(source, '/', account, ': ', split_part(order_name, ' · ', 1)) as order_name,
    count(distinct order_name) as further_orders
from orders
where instr(order_name, ' · ') > 0
group by source, account, split_part(order_name, ' · ', 1)
