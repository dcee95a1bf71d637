-- Orders of a till are told by its items. A day whose transactions come to another net amount than its items (or that
-- has no items at all) lacks an export of items: its orders are not, or not all, counted.
{{ config(severity='warn') }}

with

transactions as (
    select account, day, sum(net_sales) as net_sales
    from {{ ref('stg_square__transactions') }}
    group by account, day
),

items as (
    select account, day, sum(net_sales) as net_sales
    from {{ ref('stg_square__items') }}
    group by account, day
)

select
    transactions.account,
    transactions.day,
    transactions.net_sales as net_sales_of_transactions,
    items.net_sales as net_sales_of_items
from transactions
left join items on transactions.account = items.account and transactions.day = items.day
where items.net_sales is null or abs(items.net_sales - transactions.net_sales) >= 0.01
