-- Spreading a budget over its days loses nothing: its days add up to the converted amount.
with

budgets as (select * from {{ ref('stg_plan__budgets') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

planned as (
    select
        sum(
            {{ to_reporting(
                'budgets.amount',
                'case when budgets.currency = settings.reporting_currency then 1 else fx.rate end',
                'settings.minor_unit'
            ) }}
        ) as amount
    from budgets
    cross join settings
    left join fx on budgets.currency = fx.currency and least(budgets.starts_on, budgets.exported_on) = fx.day
),

spread as (select sum(amount) as amount from {{ ref('fct_plan_budget') }})

select
    planned.amount as planned_amount,
    spread.amount as spread_amount
from planned
cross join spread
where planned.amount <> coalesce(spread.amount, 0)
