-- Somebody in a state is counted by a measure, and a market with such a one has rows of its own.
with

states as (
    select state, market, from_day from {{ ref('int_state_spans') }}
    where market <> 'all'
    union all
    select state, market, from_day from {{ ref('int_reading_spans') }}
    where market <> 'all' and amount <> 0
),

first_days as (
    select state, market, min(from_day) as first_day
    from states
    group by state, market
),

measures_of_states as (
    select measure, state from {{ ref('measure_readings') }}
    where state is not null
),

active_markets as (
    select measures_of_states.state, active_pairs.market, active_pairs.from_day, active_pairs.until_day
    from measures_of_states
    inner join {{ ref('measures') }} as measures on measures_of_states.measure = measures.measure
    inner join {{ ref('int_active_pairs') }} as active_pairs
        on measures.channel_by = active_pairs.channel_by and measures.market_by = active_pairs.market_by
    where active_pairs.channel = 'all'
),

final as (
    select first_days.*
    from first_days
    left join active_markets
        on
            first_days.state = active_markets.state
            and first_days.market = active_markets.market
            and first_days.first_day >= active_markets.from_day
            and first_days.first_day < active_markets.until_day
    where active_markets.state is null
)

select * from final
