-- Grain: one row per additive measure × window × channel × market with events.
with

measure_days as (select * from {{ ref('int_measure_daily') }}),

window_days as (select * from {{ ref('int_window_days') }}),

readings as (select * from {{ ref('measure_readings') }}),

summed as (
    select
        measure_days.measure,
        window_days.period,
        window_days.window_start,
        window_days.window_end,
        measure_days.channel,
        measure_days.market,
        sum(measure_days.value) as value
    from measure_days
    inner join window_days on measure_days.day = window_days.day
    left join readings on measure_days.measure = readings.measure
    -- a budget is known ahead; what it is held against, costs too, is not there yet
    where window_days.is_reached or readings.read_on = 'ahead'
    group by
        measure_days.measure,
        window_days.period,
        window_days.window_start,
        window_days.window_end,
        measure_days.channel,
        measure_days.market
),

final as (
    select
        measure,
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        cast(sum(value) as decimal(38, 6)) as value
    from summed
    {{ roll_up_groups(['measure', 'period', 'window_start', 'window_end']) }}
)

select * from final
