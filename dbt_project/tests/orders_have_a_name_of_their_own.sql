-- Several orders of one account share a name, with moments and ids of their own: each counts, the later ones under
-- their name and id. Two shops belong into two accounts.
{{ config(severity='warn') }}

with

orders as (
    select source, account, order_name, created_at as ordered_at from {{ ref('stg_shopify__orders') }}
    union all
    select source, account, order_name, ordered_at from {{ ref('stg_woocommerce__orders') }}
),

named as (
    select
        source,
        account,
        split_part(order_name, ' · ', 1) as number_seen,
        case when instr(order_name, ' · ') > 0 then order_name end as further_name,
        ordered_at
    from orders
)

select
    concat_ws('', source, '/', account, ': ', number_seen) as order_name,
    count(distinct further_name) as further_orders,
    cast(min(ordered_at) as date) as first_made_on,
    cast(max(ordered_at) as date) as last_made_on
from named
group by source, account, number_seen
having count(distinct further_name) > 0
