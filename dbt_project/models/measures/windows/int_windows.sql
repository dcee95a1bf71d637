-- Grain: one row per period × window_start × window_end: the day ranges over which measures are asked for.
with

settings as (select * from {{ source('house', 'settings') }}),

periods as (select * from {{ ref('int_periods') }}),

initiative_windows as (select * from {{ ref('int_initiative_windows') }}),

ranges as (
    select
        period,
        period_start as window_start,
        period_end as window_end,
        period_end as planned_until,
        true as is_period
    from periods
    union all
    select
        periods.period,
        periods.previous_start as window_start,
        periods.previous_to_date_end as window_end,
        case when periods.is_over then periods.previous_to_date_end else previous.period_end end as planned_until,
        false as is_period
    from periods
    inner join periods as previous
        on periods.period = previous.period and periods.previous_start = previous.period_start
    where periods.previous_to_date_end is not null
    union all
    select
        periods.period,
        periods.year_ago_start as window_start,
        periods.year_ago_to_date_end as window_end,
        year_ago.period_end as planned_until,
        false as is_period
    from periods
    inner join periods as year_ago
        on periods.period = year_ago.period and periods.year_ago_start = year_ago.period_start
    where periods.year_ago_to_date_end is not null
    union all
    -- what exists for a cycle exists for a part of one
    select 'cycle' as period, window_start, window_end, window_end as planned_until, false as is_period
    from initiative_windows
),

-- most to-date ranges are whole periods
distinct_ranges as (
    select
        period,
        window_start,
        window_end,
        max(planned_until) as planned_until,
        max(case when is_period then 1 else 0 end) = 1 as is_period
    from ranges
    group by period, window_start, window_end
),

-- a window that runs is read on the day before as_of: nobody is lost in days that are still to come
final as (
    select
        distinct_ranges.period,
        distinct_ranges.window_start,
        distinct_ranges.window_end,
        {{ days_between('distinct_ranges.window_start', 'distinct_ranges.window_end') }} + 1 as window_days,
        least(distinct_ranges.window_end, {{ add_days('settings.as_of', -1) }}) as reached_on,
        -- a running period knows its whole budget, and so does the part of another that it is compared with
        distinct_ranges.planned_until,
        distinct_ranges.is_period
    from distinct_ranges
    cross join settings
)

select * from final
