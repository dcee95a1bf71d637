-- Grain: one planned initiative.
with

initiatives as (select * from {{ ref('stg_plan__initiatives') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

final as (
    select
        initiatives.source,
        initiatives.account,
        initiatives.initiative,
        initiatives.name,
        initiatives.stage,
        initiatives.kpi,
        initiatives.owner,
        initiatives.planned_start,
        initiatives.planned_end,
        initiatives.finished_on,
        coalesce(initiatives.finished_on <= initiatives.planned_end, false) as is_on_schedule,
        greatest(initiatives.planned_start, coalesce(initiatives.finished_on, initiatives.planned_end)) as ends_on,
        cast(initiatives.expected_uplift as decimal(18, 6)) as expected_uplift,
        {{ to_reporting(
            'initiatives.budget',
            'case when initiatives.currency = settings.reporting_currency then 1 else fx.rate end',
            'settings.minor_unit'
        ) }} as budget,
        initiatives.decision
    from initiatives
    cross join settings
    left join fx
        on
            initiatives.currency = fx.currency
            and least(initiatives.planned_start, initiatives.exported_on) = fx.day
)

select * from final
