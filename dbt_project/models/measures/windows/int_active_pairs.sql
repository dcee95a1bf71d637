-- Grain: one row per family of measures × (channel, market) pair × stretch of days on which a window may
-- end and still find the pair active: in the 400 days up to that end the pair had a value other than 0, a person
-- who did something, or somebody in a state.
-- A family is all measures with the same channel_by and market_by.
{% set trailing_days = 400 %}

with

measures as (select * from {{ ref('measures') }}),

measure_days as (select * from {{ ref('int_measure_daily') }}),

measure_values as (select * from {{ ref('int_measure_values') }}),

person_days as (select * from {{ ref('int_person_daily') }}),

terms as (select * from {{ ref('fct_engage_term') }}),

measures_of_states as (
    select measure, state from {{ ref('measure_readings') }}
    where state is not null
),

state_spans as (
    select state, market, from_day, until_day from {{ ref('int_state_spans') }}
    union all
    select state, market, from_day, until_day from {{ ref('int_reading_spans') }}
    where amount <> 0
),

-- persons are there, too, where all that is summed of what they did is 0 (a use of 0 seconds)
days_of_measures as (
    select measure, channel, market, day from measure_days
    union
    select measure, channel, market, day from measure_values
    union
    select
        case activity
            when 'visit' then 'visitors'
            when 'order' then 'customers_purchasing'
            when 'lead' then 'leads'
            when 'usage' then 'active_users'
        end as measure,
        channel,
        market,
        day
    from person_days
),

event_days as (
    select distinct
        measures.channel_by,
        measures.market_by,
        days_of_measures.channel,
        days_of_measures.market,
        days_of_measures.day
    from days_of_measures
    inner join measures on days_of_measures.measure = measures.measure
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
    inner join measures_of_states on state_spans.state = measures_of_states.state
    inner join measures on measures_of_states.measure = measures.measure
    where state_spans.market <> 'all'
    union all
    select distinct
        measures.channel_by,
        measures.market_by,
        'all' as channel,
        terms.market,
        terms.started_on as from_day,
        {{ add_days('terms.ends_on', trailing_days) }} as until_day
    from terms
    inner join measures on measures.measure = 'mrr'
    where terms.mrr is not null
),

final as (
    {{ merged_stretches('stretches', ['channel_by', 'market_by', 'channel', 'market']) }}
)

select * from final
