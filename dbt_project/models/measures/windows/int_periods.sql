-- Grain: one row per period × period_start that began on or before as_of and has a covered day.
with

settings as (select * from {{ source('house', 'settings') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

measure_sources as (select * from {{ ref('measure_sources') }}),

untold_days as (select * from {{ ref('int_untold_days') }}),

days as (
    select distinct covered_days.day
    from covered_days
    inner join measure_sources
        on
            covered_days.source = measure_sources.source
            and covered_days.table_name = measure_sources.table_name
            and measure_sources.role = 'covers'
    left join untold_days
        on
            measure_sources.measure = untold_days.measure
            and covered_days.source = untold_days.source
            and covered_days.table_name = untold_days.table_name
            and covered_days.account = untold_days.account
            and covered_days.day = untold_days.day
    where untold_days.day is null
),

starts as (
    {% for period in periods() %}
    select distinct
        '{{ period }}' as period,
        {{ period_start(period, 'days.day', 'settings.fiscal_year_start_month', 'settings.cycle_start') }}
            as period_start
    from days
    cross join settings
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

bounds as (
    {% for period in periods() %}
    select
        period,
        period_start,
        {{ add_days(shift_period(period, 'period_start', 1), -1) }} as period_end,
        {{ shift_period(period, 'period_start', -1) }} as previous_start,
        {{ year_ago_start(period, 'period_start') }} as year_ago_start
    from starts
    where period = '{{ period }}'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- a running period is compared with as many days as have passed of it; as_of itself is not over
elapsed as (
    select
        bounds.*,
        settings.as_of,
        bounds.period_end < settings.as_of as is_over,
        {{ days_between('bounds.period_start', 'bounds.period_end') }} + 1 as period_days,
        {{ days_between('bounds.period_start', 'least(settings.as_of, ' ~ add_days('bounds.period_end', 1) ~ ')') }}
            as days_over
    from bounds
    cross join settings
    where bounds.period_start <= settings.as_of
),

compared as (
    select
        *,
        least(days_over, {{ days_between('previous_start', 'period_start') }}) as to_date_days,
        {{ add_months(add_days('as_of', -1), -12) }} as same_date_year_ago,
        {{ add_days(add_months(add_days('period_end', 1), -12), -1) }} as year_ago_end
    from elapsed
),

final as (
    select
        period,
        period_start,
        period_end,
        previous_start,
        case when to_date_days > 0 then {{ add_days('previous_start', 'to_date_days - 1') }} end
            as previous_to_date_end,
        year_ago_start,
        -- the same date as the last one that is over; on 28 February of a leap year all of last year's had gone by
        case
            when period in ('month', 'quarter') and days_over > 0 and not is_over and same_date_year_ago < year_ago_end
                then same_date_year_ago
        end as year_ago_to_date_end,
        period_days,
        days_over,
        is_over,
        as_of
    from compared
)

select * from final
