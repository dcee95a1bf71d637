-- Grain: one row per additive measure × window × channel × market with events.
with

measure_days as (select * from {{ ref('int_measure_daily') }}),

window_days as (select * from {{ ref('int_window_days') }}),

windows as (select * from {{ ref('int_windows') }}),

readings as (select * from {{ ref('measure_readings') }}),

-- what a budget is held against, costs too, is not there yet
reached as (
    select
        measure_days.measure,
        window_days.period,
        window_days.window_start,
        window_days.window_end,
        measure_days.channel,
        measure_days.market,
        measure_days.value
    from measure_days
    inner join window_days on measure_days.day = window_days.day
    left join readings on measure_days.measure = readings.measure and readings.read_on = 'ahead'
    where window_days.is_reached and readings.measure is null
),

known_ahead as (
    select
        measure_days.measure,
        windows.period,
        windows.window_start,
        windows.window_end,
        measure_days.channel,
        measure_days.market,
        measure_days.value
    from measure_days
    inner join readings on measure_days.measure = readings.measure and readings.read_on = 'ahead'
    inner join windows on measure_days.day between windows.window_start and windows.planned_until
),

dated as (
    select * from reached
    union all
    select * from known_ahead
),

summed as (
    select
        measure,
        period,
        window_start,
        window_end,
        channel,
        market,
        sum(value) as value
    from dated
    group by measure, period, window_start, window_end, channel, market
),

final as (
    select
        measure,
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        cast(sum(value) as decimal(38, 6)) as value
    {{ rolled_up_from('summed', ['measure', 'period', 'window_start', 'window_end']) }}
)

select * from final
