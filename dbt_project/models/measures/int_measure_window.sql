-- Grain: one row per measure × window × channel × market that the mart keeps.
{{ config(materialized='table', tags=['mart']) }}

with

settings as (select * from {{ source('house', 'settings') }}),

measures as (select * from {{ ref('measures') }}),

measure_rules as (select * from {{ ref('measure_rules') }}),

coverage as (select * from {{ ref('int_measure_coverage') }}),

active_pairs as (select * from {{ ref('int_active_pairs') }}),

valued as (
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_sums') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_persons') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_states') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_amounts') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_fits') }}
),

fitted_windows as (
    select distinct measure, period, window_start, window_end from {{ ref('int_window_fits') }}
),

due as (
    select
        coverage.*,
        measures.channel_by,
        measures.market_by,
        (
            coalesce(measure_rules.needs_history, false)
            and (settings.history_ready_from is null or coverage.window_start < settings.history_ready_from)
        )
        -- what no fit tells is unknown, not 0
        or (measures.additivity = 'fitted' and fitted_windows.measure is null) as is_unknown
    from coverage
    cross join settings
    inner join measures on coverage.measure = measures.measure
    left join measure_rules on coverage.measure = measure_rules.measure
    left join fitted_windows
        on
            coverage.measure = fitted_windows.measure
            and coverage.period = fitted_windows.period
            and coverage.window_start = fitted_windows.window_start
            and coverage.window_end = fitted_windows.window_end
),

family_windows as (
    select distinct channel_by, market_by, period, window_start, window_end
    from due
),

pairs as (
    select channel_by, market_by, period, window_start, window_end, 'all' as channel, 'all' as market
    from family_windows
    union
    select
        family_windows.channel_by,
        family_windows.market_by,
        family_windows.period,
        family_windows.window_start,
        family_windows.window_end,
        active_pairs.channel,
        active_pairs.market
    from family_windows
    inner join active_pairs
        on
            family_windows.channel_by = active_pairs.channel_by
            and family_windows.market_by = active_pairs.market_by
            and family_windows.window_end >= active_pairs.from_day
            and family_windows.window_end < active_pairs.until_day
    where
        active_pairs.channel = 'all'
        or active_pairs.market = 'all'
        or family_windows.period in {{ crossed_periods() }}
),

final as (
    select
        due.measure,
        due.period,
        due.window_start,
        due.window_end,
        due.is_period,
        pairs.channel,
        pairs.market,
        case when not due.is_unknown then coalesce(valued.value, cast(0 as decimal(38, 6))) end as value,
        due.is_complete
    from due
    inner join pairs
        on
            due.channel_by = pairs.channel_by
            and due.market_by = pairs.market_by
            and due.period = pairs.period
            and due.window_start = pairs.window_start
            and due.window_end = pairs.window_end
    left join valued
        on
            due.measure = valued.measure
            and due.period = valued.period
            and due.window_start = valued.window_start
            and due.window_end = valued.window_end
            and pairs.channel = valued.channel
            and pairs.market = valued.market
)

select * from final
