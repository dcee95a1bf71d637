-- Grain: one row per measure × account of an order file whose exports never state what the measure is made of.
with

orders as (
    select * from {{ ref('int_mapped_orders') }}
    where source in ('{{ order_files() | join("', '") }}')
),

measure_sources as (
    select * from {{ ref('measure_sources') }}
    where table_name = 'orders'
),

accounts as (
    select
        source,
        account,
        count(coalesce(email_hash, phone_hash)) as buyers,
        count(coalesce(status, cast(cancelled_at as string))) as states,
        count(coalesce(delivery_state, status)) as deliveries,
        count(refunded_amount) as refunds,
        count(sku) as articles
    from orders
    group by source, account
),

-- attributed sales need no buyer: an order that nobody is known of is the session's; and what a file says of no
-- discount it says of what was paid, so that sales and discounts together are right
final as (
    select
        measure_sources.measure,
        accounts.source,
        accounts.account
    from accounts
    inner join measure_sources on accounts.source = measure_sources.source
    where
        (
            accounts.buyers = 0
            and measure_sources.columns like '%_hash%'
            and measure_sources.measure not in ('attributed_orders', 'platform_attributed_orders')
        )
        or (accounts.states = 0 and measure_sources.measure = 'orders_cancelled')
        or (accounts.deliveries = 0 and measure_sources.measure = 'orders_undelivered')
        or (
            accounts.refunds = 0
            and measure_sources.measure in ('refunded_sales', 'orders_returned', 'orders_with_refunds_told')
        )
        or (accounts.articles = 0 and concat_ws('', ' ', measure_sources.columns, ' ') like '% sku %')
)

select * from final
