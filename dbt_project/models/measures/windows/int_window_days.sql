-- Grain: one row per window × day in it, so that facts meet windows by an equal day.
with

windows as (select * from {{ ref('int_windows') }}),

final as (
    select
        period,
        window_start,
        window_end,
        {{ each_day('window_start', 'window_end') }} as day
    from windows
)

select * from final
