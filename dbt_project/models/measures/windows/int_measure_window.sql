-- Grain: one row per measure × window × channel × market that the mart keeps.
with

measures as (select * from {{ ref('measures') }}),

coverage as (select * from {{ ref('int_measure_coverage') }}),

unknown_windows as (select * from {{ ref('int_unknown_windows') }}),

active_pairs as (select * from {{ ref('int_active_pairs') }}),

valued as (
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_sums') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_persons') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_states') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_pairs') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_amounts') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_fits') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_percentiles') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_revenues') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_paybacks') }}
    union all
    select measure, period, window_start, window_end, channel, market, value from {{ ref('int_window_mrr') }}
),

due as (
    select
        coverage.*,
        measures.additivity,
        measures.channel_by,
        measures.market_by
    from coverage
    inner join measures on coverage.measure = measures.measure
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
        -- a sum or count of nothing is 0, the median of nothing is unknown
        case
            when unknown_windows.measure is not null then null
            when due.additivity = 'percentile' then valued.value
            else coalesce(valued.value, cast(0 as decimal(38, 6)))
        end as value,
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
    left join unknown_windows
        on
            due.measure = unknown_windows.measure
            and due.period = unknown_windows.period
            and due.window_start = unknown_windows.window_start
            and due.window_end = unknown_windows.window_end
            and pairs.market = coalesce(unknown_windows.market, pairs.market)
)

select * from final
