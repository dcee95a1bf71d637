-- Grain: one row per last or first measure × window × market: how many are in a state on one day.
with

spans as (select * from {{ ref('int_state_spans') }}),

reading_spans as (select * from {{ ref('int_reading_spans') }}),

state_measures as (
    select * from {{ ref('measure_readings') }}
    where state is not null
),

windows as (select * from {{ ref('int_windows') }}),

readings as (
    select
        state_measures.measure,
        state_measures.state,
        windows.period,
        windows.window_start,
        windows.window_end,
        case
            when state_measures.read_on = 'start' then {{ add_days('windows.window_start', -1) }}
            else windows.reached_on
        end as day
    from windows
    cross join state_measures
),

changes as (
    select state, market, from_day as day, 1 as change from spans
    union all
    select state, market, until_day as day, -1 as change from spans
    union all
    select state, market, from_day as day, amount as change from reading_spans
    union all
    select state, market, until_day as day, -amount as change from reading_spans
),

state_markets as (select distinct state, market from changes),

days_read as (select distinct state, day from readings),

-- days that are read and days that change something, so that one running sum answers every reading
steps as (
    select state, market, day, change from changes
    union all
    select days_read.state, state_markets.market, days_read.day, 0 as change
    from days_read
    inner join state_markets on days_read.state = state_markets.state
),

daily as (
    select state, market, day, sum(change) as change
    from steps
    group by state, market, day
),

running as (
    select
        state,
        market,
        day,
        sum(change) over (partition by state, market order by day rows unbounded preceding) as members
    from daily
),

final as (
    select
        readings.measure,
        readings.period,
        readings.window_start,
        readings.window_end,
        'all' as channel,
        running.market,
        cast(running.members as decimal(38, 6)) as value
    from readings
    inner join running on readings.state = running.state and readings.day = running.day
    where running.members <> 0
)

select * from final
