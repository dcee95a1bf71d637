-- A target for an unknown KPI, for a day on which no such period begins, or at a grain that the KPI does not
-- have will never stand beside a value: a slip in the plan's file.
{{ config(severity='warn', tags=['mart']) }}

with

targets as (select * from {{ ref('fct_plan_target') }}),

kpi_catalog as (select * from {{ ref('kpi_catalog') }}),

settings as (select * from {{ source('house', 'settings') }}),

expected as (
    select
        targets.*,
        kpi_catalog.grains,
        case targets.period
            {% for period in periods() %}
            when '{{ period }}' then {{ period_start(
                period, 'targets.period_start', 'settings.fiscal_year_start_month', 'settings.cycle_start'
            ) }}
            {% endfor %}
        end as proper_start
    from targets
    cross join settings
    left join kpi_catalog on targets.kpi = kpi_catalog.kpi
)

select kpi, period, period_start, channel, market, target
from expected
where
    grains is null
    or proper_start is null
    or proper_start <> period_start
    or not {{ grain_holds('grains', 'period') }}
