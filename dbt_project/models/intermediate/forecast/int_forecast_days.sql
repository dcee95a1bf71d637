-- Grain: one row per forecast KPI × day before as_of that has a covered day of its sum.
with

settings as (select * from {{ source('house', 'settings') }}),

terms as (
    select kpi, measure, coefficient, side_terms
    from {{ ref('int_kpi_terms') }}
    where
        side = 'numerator'
        and kpi in (
            {% for kpi in var('forecast_kpis') %}
            '{{ kpi }}'{% if not loop.last %},{% endif %}

            {% endfor %}
        )
),

measure_days as (
    select measure, window_start as day, value, is_complete
    from {{ ref('int_measure_window') }}
    where period = 'day' and is_period and channel = 'all' and market = 'all'
),

summed as (
    select
        terms.kpi,
        measure_days.day,
        sum(terms.coefficient * measure_days.value) as value,
        min(case when measure_days.is_complete and measure_days.value is not null then 1 else 0 end) = 1
        and count(*) = max(terms.side_terms) as is_known
    from terms
    inner join measure_days on terms.measure = measure_days.measure
    group by terms.kpi, measure_days.day
),

-- a day that a required account has not brought yet is not known: what the others brought is no sum
final as (
    select
        summed.kpi,
        summed.day,
        case when summed.is_known then cast(summed.value as decimal(38, 6)) end as value
    from summed
    inner join settings on summed.day < settings.as_of
)

select * from final
