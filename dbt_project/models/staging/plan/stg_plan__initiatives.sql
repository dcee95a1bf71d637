-- Grain: one planned initiative.
-- depends_on: {{ source('plan', 'initiatives') }}
with

landed as (select * from {{ landed('plan', 'initiatives') }}),

final as (
    select
        'plan' as source,
        account,
        initiative,
        name,
        lower(trim(stage)) as stage,
        lower(trim(kpi)) as kpi,
        owner,
        expected_uplift,
        planned_start,
        planned_end,
        finished_on
    from landed
)

select * from final
