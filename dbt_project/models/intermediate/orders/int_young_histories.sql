-- Grain: one row per order account × market in which it has counted orders, and `all`: the days on which its customers
-- cannot be told from new ones.
with

settings as (select * from {{ source('house', 'settings') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

measure_sources as (select * from {{ ref('measure_sources') }}),

orders as (
    select * from {{ ref('int_orders') }}
    where is_counted
),

order_tables as (
    select source, table_name from measure_sources
    where measure = 'orders'
),

first_days as (
    select covered_days.source, covered_days.account, min(covered_days.day) as first_day
    from covered_days
    inner join order_tables
        on covered_days.source = order_tables.source and covered_days.table_name = order_tables.table_name
    group by covered_days.source, covered_days.account
),

-- the history of a shop that opened here is whole: nobody bought in it before
young_accounts as (
    select
        first_days.source,
        first_days.account,
        coalesce(accounts.history_start, first_days.first_day) as history_start
    from first_days
    left join accounts on first_days.source = accounts.source and first_days.account = accounts.account
    where accounts.opened_on is null
),

order_markets as (
    select source, account, market, min(order_date) as first_order_date
    from orders
    group by source, account, market
),

-- a market is in doubt from the first counted order that an account had in it
markets as (
    select source, account, 'all' as market, cast(null as date) as first_order_date from young_accounts
    union all
    select source, account, market, first_order_date from order_markets
    where market is not null
),

final as (
    select
        young_accounts.source,
        young_accounts.account,
        markets.market,
        greatest(young_accounts.history_start, coalesce(markets.first_order_date, young_accounts.history_start))
            as from_day,
        {{ add_days('young_accounts.history_start', 'settings.history_days') }} as until_day
    from young_accounts
    cross join settings
    inner join markets on young_accounts.source = markets.source and young_accounts.account = markets.account
)

select * from final
