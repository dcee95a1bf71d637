-- Grain: one row per forecast KPI × month, quarter or cycle that runs at as_of or ended on the day before.
{% set longer = ['month', 'quarter', 'cycle'] %}
with

settings as (select * from {{ source('house', 'settings') }}),

kpi_days as (select * from {{ ref('int_forecast_days') }}),

race_kpi as (
    select * from {{ ref('race_kpi') }}
    where channel = 'all' and market = 'all'
),

plan_targets as (
    select
        kpi,
        period,
        period_start,
        target,
        row_number() over (partition by kpi, period, period_start order by account asc, target asc) as first_named
    from {{ ref('fct_plan_target') }}
    where channel = 'all' and market = 'all'
),

kpi_catalog as (select * from {{ ref('kpi_catalog') }}),

terms as (
    select * from {{ ref('int_kpi_terms') }}
    where side = 'numerator'
),

measures as (select * from {{ ref('measures') }}),

seen_from as (
    select as_of, as_of as day, cycle_start, fiscal_year_start_month from settings
    union all
    select as_of, {{ add_days('as_of', -1) }} as day, cycle_start, fiscal_year_start_month from settings
),

starts as (
    {% for period in longer %}
    select distinct
        as_of,
        '{{ period }}' as period,
        {{ period_start(period, 'day', 'fiscal_year_start_month', 'cycle_start') }} as period_start
    from seen_from
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

bounds as (
    {% for period in longer %}
    select
        as_of,
        period,
        period_start,
        {{ add_days(shift_period(period, 'period_start', 1), -1) }} as period_end,
        {% if period == 'cycle' %}{{ add_days('period_start', -364) }}{% else -%}
        {{ year_ago_start(period, 'period_start') }}{% endif %} as year_ago_start
    from starts
    where period = '{{ period }}' and period_start is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- of the sum, which for a part of a budget is money
units as (
    select terms.kpi, max(measures.unit) as unit
    from terms
    inner join measures on terms.measure = measures.measure
    group by terms.kpi
),

history as (
    select
        kpi,
        max(case when value is not null then day end) as known_until,
        count(value) as history_days
    from kpi_days
    group by kpi
),

spans as (
    select
        history.kpi,
        bounds.as_of,
        bounds.period,
        bounds.period_start,
        bounds.period_end,
        bounds.year_ago_start,
        {{ days_between('bounds.period_start', 'bounds.period_end') }} + 1 as period_days,
        history.known_until,
        history.history_days
    from history
    cross join bounds
),

to_date as (
    select
        spans.kpi,
        spans.period,
        spans.period_start,
        sum(kpi_days.value) as actual_to_date,
        count(kpi_days.value) as known_days
    from spans
    inner join kpi_days
        on spans.kpi = kpi_days.kpi and kpi_days.day between spans.period_start and spans.period_end
    group by spans.kpi, spans.period, spans.period_start
),

-- what the same days of last year had brought of all that it brought; of a year with a hole nobody knows
year_ago as (
    select
        spans.kpi,
        spans.period,
        spans.period_start,
        sum(
            case
                when
                    {{ days_between('spans.year_ago_start', 'kpi_days.day') }}
                    <= {{ days_between('spans.period_start', 'spans.known_until') }}
                    then kpi_days.value
            end
        ) as to_date,
        sum(kpi_days.value) as whole
    from spans
    inner join kpi_days
        on
            spans.kpi = kpi_days.kpi
            and spans.year_ago_start <= kpi_days.day
            and {{ days_between('spans.year_ago_start', 'kpi_days.day') }} < spans.period_days
    group by spans.kpi, spans.period, spans.period_start, spans.period_days
    having count(kpi_days.value) = spans.period_days
),

final as (
    select
        spans.kpi,
        kpi_catalog.stage,
        units.unit,
        kpi_catalog.good,
        spans.period,
        spans.period_start,
        spans.period_end,
        spans.period_days,
        spans.as_of,
        spans.known_until,
        spans.history_days,
        coalesce(to_date.known_days, 0) as known_days,
        coalesce(to_date.actual_to_date, cast(0 as decimal(38, 6))) as actual_to_date,
        year_ago.to_date as year_ago_to_date,
        year_ago.whole as year_ago_whole,
        race_kpi.denominator,
        -- a part of a budget that nobody has planned is no sum
        cast(
            cast(plan_targets.target as double) / kpi_catalog.scale
            * case when kpi_catalog.denominator is null then 1 else cast(race_kpi.denominator as double) end
            as decimal(38, 6)
        ) as target
    from spans
    inner join units on spans.kpi = units.kpi
    inner join kpi_catalog on spans.kpi = kpi_catalog.kpi
    left join to_date
        on spans.kpi = to_date.kpi and spans.period = to_date.period and spans.period_start = to_date.period_start
    left join year_ago
        on spans.kpi = year_ago.kpi and spans.period = year_ago.period and spans.period_start = year_ago.period_start
    left join race_kpi
        on
            spans.kpi = race_kpi.kpi
            and spans.period = race_kpi.period
            and spans.period_start = race_kpi.period_start
    -- as in race_kpi, which has no row yet on a period's first day
    left join plan_targets
        on
            spans.kpi = plan_targets.kpi
            and spans.period = plan_targets.period
            and spans.period_start = plan_targets.period_start
            and plan_targets.first_named = 1
)

select * from final
