-- Grain: one row per measure × day × channel × market with a value other than 0.
{{ config(materialized='table', tags=['engage']) }}

with

orders as (select * from {{ ref('fct_convert_order') }}),

campaigns as (select * from {{ ref('fct_reach_email_campaign') }}),

orders_by_day as (
    select
        order_date as day,
        channel,
        market,
        sum(case when is_placed and is_cancelled_60d then 1 else 0 end) as orders_cancelled,
        sum(case when is_placed and is_undelivered_60d then 1 else 0 end) as orders_undelivered,
        sum(case when is_counted and is_returned_60d then 1 else 0 end) as orders_returned
    from orders
    group by order_date, channel, market
),

campaigns_by_day as (
    select
        day,
        'email' as channel,
        market,
        sum(unique_clicks) as email_unique_clicks,
        sum(unsubscribes) as campaign_unsubscribes
    from campaigns
    group by day, market
),

final as (
    {{ measures_from('orders_by_day', ['orders_cancelled', 'orders_undelivered', 'orders_returned']) }}
    union all
    {{ measures_from('campaigns_by_day', ['email_unique_clicks', 'campaign_unsubscribes']) }}
)

select * from final
