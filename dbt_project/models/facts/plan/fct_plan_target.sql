-- Grain: one target of a KPI: kpi × period × period start × channel × market.
with

targets as (select * from {{ ref('stg_plan__targets') }}),

final as (
    select
        source,
        account,
        kpi,
        period,
        period_start,
        coalesce(channel, 'all') as channel,
        coalesce(market, 'all') as market,
        cast(target as decimal(18, 6)) as target
    from targets
)

select * from final
