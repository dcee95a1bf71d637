-- Grain: one planned initiative.
-- depends_on: {{ source('plan', 'initiatives') }}
with

landed as (select * from {{ landed('plan', 'initiatives') }}),

accounts as (
    select account, time_zone from {{ source('house', 'accounts') }}
    where source = 'plan'
),

final as (
    select
        'plan' as source,
        landed.account,
        initiative,
        name,
        lower(trim(stage)) as stage,
        lower(trim(kpi)) as kpi,
        owner,
        expected_uplift,
        budget,
        landed.currency,
        planned_start,
        planned_end,
        finished_on,
        nullif(trim(decision), '') as decision,
        {{ local_day('landed._exported_at', 'accounts.time_zone') }} as exported_on
    from landed
    inner join accounts on landed.account = accounts.account
)

select * from final
