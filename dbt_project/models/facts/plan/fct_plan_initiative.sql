-- Grain: one planned initiative.
with

initiatives as (select * from {{ ref('stg_plan__initiatives') }}),

final as (
    select
        source,
        account,
        initiative,
        name,
        stage,
        kpi,
        owner,
        planned_start,
        planned_end,
        finished_on,
        coalesce(finished_on <= planned_end, false) as is_on_schedule
    from initiatives
)

select * from final
