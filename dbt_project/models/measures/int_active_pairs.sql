-- Grain: one row per family of measures × (channel, market) pair × stretch of days on which a window may
-- end and still find the pair active: the pair had a value other than 0 in the 400 days up to that end.
-- A family is all measures with the same channel_by and market_by.
{{ config(materialized='table', tags=['mart']) }}

{% set trailing_days = 400 %}

with

measures as (select * from {{ ref('measures') }}),

measure_days as (select * from {{ ref('int_measure_daily') }}),

state_spans as (
    select state, market, from_day, until_day from {{ ref('int_state_spans') }}
    union all
    select state, market, from_day, until_day from {{ ref('int_reading_spans') }}
    where amount <> 0
),

event_days as (
    select distinct
        measures.channel_by,
        measures.market_by,
        measure_days.channel,
        measure_days.market,
        measure_days.day
    from measure_days
    inner join measures on measure_days.measure = measures.measure
),

-- the pairs of the roll-ups and the crossed ones; all × all needs no activity
pair_days as (
    select channel_by, market_by, channel, 'all' as market, day from event_days
    where channel is not null
    union
    select channel_by, market_by, 'all' as channel, market, day from event_days
    where market is not null
    union
    select channel_by, market_by, channel, market, day from event_days
    where channel is not null and market is not null
),

stretches as (
    select
        channel_by,
        market_by,
        channel,
        market,
        day as from_day,
        {{ add_days('day', trailing_days) }} as until_day
    from pair_days
    union all
    select distinct
        measures.channel_by,
        measures.market_by,
        'all' as channel,
        state_spans.market,
        state_spans.from_day,
        case
            when state_spans.until_day = cast('9999-12-31' as date) then state_spans.until_day
            else {{ add_days('state_spans.until_day', trailing_days - 1) }}
        end as until_day
    from state_spans
    inner join measures
        on
            measures.measure = case state_spans.state
                when 'subscribed' then 'subscribers'
                when 'active_subscriber' then 'active_subscribers'
                when 'customer' then 'customers_to_date'
                when 'customer_with_two_orders' then 'customers_with_two_orders'
                when 'following' then 'followers'
            end
    where state_spans.market <> 'all'
),

final as (
    {{ merged_stretches('stretches', ['channel_by', 'market_by', 'channel', 'market']) }}
)

select * from final
