-- Grain: one row per measure × period × period_start × channel × market.

with

measures as (select * from {{ ref('measures') }}),

measure_windows as (select * from {{ ref('int_measure_window') }}),

final as (
    select
        measure_windows.measure,
        measures.stage,
        measure_windows.period,
        measure_windows.window_start as period_start,
        measure_windows.channel,
        measure_windows.market,
        measure_windows.value
    from measure_windows
    inner join measures on measure_windows.measure = measures.measure
    where measure_windows.is_period
)

select * from final
