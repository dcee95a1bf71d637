-- Spreading a budget or a cost over its days loses nothing: its days add up to the converted amount.
with

plan_rows as (
    select 'budget' as kind, amount, currency, least(starts_on, exported_on) as rate_day
    from {{ ref('stg_plan__budgets') }}
    union all
    select 'cost' as kind, amount, currency, least(starts_on, exported_on) as rate_day
    from {{ ref('stg_plan__costs') }}
),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

planned as (
    select
        plan_rows.kind,
        sum(
            {{ cost_to_reporting(
                'plan_rows.amount',
                'case when plan_rows.currency = settings.reporting_currency then 1 else fx.rate end'
            ) }}
        ) as amount
    from plan_rows
    cross join settings
    left join fx on plan_rows.currency = fx.currency and plan_rows.rate_day = fx.day
    group by plan_rows.kind
),

spread as (
    select 'budget' as kind, sum(amount) as amount from {{ ref('fct_plan_budget') }}
    union all
    select 'cost' as kind, sum(amount) as amount from {{ ref('fct_plan_cost') }}
)

select
    planned.kind,
    planned.amount as planned_amount,
    spread.amount as spread_amount
from planned
inner join spread on planned.kind = spread.kind
where planned.amount <> coalesce(spread.amount, 0)
