-- Grain: one order × credited touch × attribution model.
with

orders as (
    select * from {{ ref('int_orders') }}
    where is_counted
),

-- the last non-direct touch has the whole order; without one it is direct's or the store's
final as (
    select
        order_id,
        source,
        account,
        session_id,
        'last_non_direct' as model,
        order_date,
        channel,
        market,
        ad_source,
        cast(1 as decimal(18, 6)) as credit,
        net_sales as revenue,
        cast(1 as decimal(18, 6)) as orders
    from orders
)

select * from final
