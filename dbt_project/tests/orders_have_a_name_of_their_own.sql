-- Several orders of one account share a name, with moments and ids of their own: each counts, the later ones under
-- their name and id. Two shops belong into two accounts.
{{ config(severity='warn') }}

select
    concat(source, '/', account, ': ', split_part(order_name, ' · ', 1)) as order_name,
    count(distinct order_name) as further_orders
from {{ ref('stg_shopify__orders') }}
where instr(order_name, ' · ') > 0
group by source, account, split_part(order_name, ' · ', 1)
