-- Grain: one row per percentile measure × day × channel × market × value: what a median is taken of.
-- A percentile cannot be had from those of its days, so every window looks at the values themselves.
{{ config(materialized='view') }}

with

orders as (select * from {{ ref('fct_convert_order') }}),

measurements as (select * from {{ ref('fct_act_page_speed') }}),

reviews as (select * from {{ ref('fct_advocacy_review') }}),

-- in another zone the later order may have an earlier day: no days lie between
repeat_orders as (
    select
        order_date as day,
        channel,
        market,
        greatest({{ days_between('previous_order_date', 'order_date') }}, 0) as days_between_orders
    from orders
    where previous_order_date is not null
),

valued as (
    select 'days_between_orders' as measure, day, channel, market, cast(days_between_orders as decimal(18, 6)) as value
    from repeat_orders
    union all
    select concat_ws('', lower(metric), '_p75') as measure, day, channel, market, value
    from measurements
    union all
    select 'review_response_time' as measure, day, cast(null as string) as channel, market, response_hours as value
    from reviews
    where response_hours is not null
),

final as (
    select
        measure,
        day,
        channel,
        market,
        value,
        count(*) as weight
    from valued
    group by measure, day, channel, market, value
)

select * from final
