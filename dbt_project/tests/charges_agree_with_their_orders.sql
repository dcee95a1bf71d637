-- What a payment service charged for an order that it names is what a shop of the brand (of any, where the service's
-- account has none) says that the buyer pays. A charge is never an order itself: one without its order is one that no
-- shop's file has told of.
{{ config(severity='warn') }}
with

accounts as (select * from {{ source('house', 'accounts') }}),

orders as (
    select
        heads.order_name,
        heads.total,
        accounts.brand,
        accounts.currency,
        accounts.minor_unit
    from {{ ref('int_order_heads') }} as heads
    inner join accounts on heads.source = accounts.source and heads.account = accounts.account
),

charges as (
    select
        balance.source,
        balance.account,
        balance.order_name,
        max(accounts.brand) as brand,
        max(accounts.currency) as currency,
        sum(balance.gross) as charged
    from {{ ref('stg_stripe__balance') }} as balance
    left join accounts on balance.source = accounts.source and balance.account = accounts.account
    where balance.category in ('charge', 'payment') and balance.order_name <> ''
    group by balance.source, balance.account, balance.order_name
),

-- of several shops with such an order the one that is nearest is meant
compared as (
    select
        charges.source,
        charges.account,
        charges.order_name,
        charges.charged,
        count(orders.order_name) as orders_found,
        min(
            abs(charges.charged - orders.total) * {{ minor_units_per_unit('orders.minor_unit') }}
        ) as units_apart
    from charges
    left join orders
        on
            charges.order_name = replace(orders.order_name, '#', '')
            and (coalesce(charges.brand, '') = '' or charges.brand = orders.brand)
            and (charges.currency is null or charges.currency = orders.currency)
    group by charges.source, charges.account, charges.order_name, charges.charged
)

select
    source,
    account,
    order_name,
    charged,
    orders_found
from compared
where orders_found = 0 or units_apart > 1
