-- Grain: one row per last or first measure × window × market: how many are in a state on one day.
{{ config(materialized='table', tags=['mart']) }}

with

spans as (select * from {{ ref('int_state_spans') }}),

reading_spans as (select * from {{ ref('int_reading_spans') }}),

settings as (select * from {{ source('house', 'settings') }}),

windows as (select * from {{ ref('int_windows') }}),

-- `last` measures read the state at the window's end, `first` measures on the day before it
readings as (
    select 'subscribers' as measure, 'subscribed' as state, period, window_start, window_end, window_end as day
    from windows
    union all
    select
        'subscribers_at_start' as measure,
        'subscribed' as state,
        period,
        window_start,
        window_end,
        {{ add_days('window_start', -1) }} as day
    from windows
    union all
    select
        'active_subscribers' as measure,
        'active_subscriber' as state,
        period,
        window_start,
        window_end,
        window_end as day
    from windows
    union all
    select
        'loyalty_members' as measure,
        'loyalty_member' as state,
        period,
        window_start,
        window_end,
        window_end as day
    from windows
    union all
    select 'customers_to_date' as measure, 'customer' as state, period, window_start, window_end, window_end as day
    from windows
    union all
    select
        'customers_with_two_orders' as measure,
        'customer_with_two_orders' as state,
        period,
        window_start,
        window_end,
        window_end as day
    from windows
    union all
    -- a reading is carried some days only: a window that still runs is read today, not at its end
    select
        'followers' as measure,
        'following' as state,
        windows.period,
        windows.window_start,
        windows.window_end,
        least(windows.window_end, settings.as_of) as day
    from windows
    cross join settings
    union all
    select
        'domain_authority' as measure,
        'scored' as state,
        period,
        window_start,
        window_end,
        window_end as day
    from windows
    union all
    select
        'followers_at_start' as measure,
        'following' as state,
        period,
        window_start,
        window_end,
        {{ add_days('window_start', -1) }} as day
    from windows
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
