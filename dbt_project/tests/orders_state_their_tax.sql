-- Where prices hold VAT and others of the account's orders or its own cells state a tax, an order of goods states
-- its own: one of 0 beside a rate above 0, or one that is larger than its amounts, is not believed, and the rate
-- counts. Where such orders are right, write prices_include_vat stated in accounts.csv.
{{ config(severity='warn') }}
with

orders as (select * from {{ ref('int_order_heads') }}),

lines as (select * from {{ ref('int_order_lines') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

rates as (
    select order_id, max(vat_rate) as vat_rate
    from lines
    where not is_gift_card
    group by order_id
),

stating as (
    select distinct source, account from orders
    where taxes is not null
)

select
    concat_ws('', orders.source, '/', orders.account) as account,
    count(*) as orders,
    min(orders.order_name) as first_order
from orders
inner join accounts on orders.source = accounts.source and orders.account = accounts.account
inner join rates on orders.order_id = rates.order_id
inner join stating on orders.source = stating.source and orders.account = stating.account
where
    accounts.prices_include_vat
    and not orders.is_net
    and not orders.is_tax_stated
    and rates.vat_rate > 0
    and orders.subtotal > 0
group by orders.source, orders.account
