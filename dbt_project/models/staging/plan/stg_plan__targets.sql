-- Grain: one target of a KPI for a period, channel and market.
-- depends_on: {{ source('plan', 'targets') }}
with

landed as (select * from {{ landed('plan', 'targets') }}),

final as (
    select
        'plan' as source,
        account,
        lower(trim(kpi)) as kpi,
        lower(trim(period)) as period,
        period_start,
        {{ plan_scope('channel', 'lower') }} as channel,
        {{ plan_scope('market', 'upper') }} as market,
        target
    from landed
)

select * from final
