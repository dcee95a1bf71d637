-- Grain: one row per window × day in it, so that facts meet windows by an equal day.
with

windows as (select * from {{ ref('int_windows') }}),

days as (
    select
        period,
        window_start,
        window_end,
        reached_on,
        {{ each_day('window_start', 'window_end') }} as day
    from windows
),

-- what is dated as_of stands in its day row alone
final as (
    select
        period,
        window_start,
        window_end,
        day,
        day <= reached_on or period = 'day' as is_reached
    from days
)

select * from final
