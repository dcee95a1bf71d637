-- Grain: one row per measure × day × channel × market with a value other than 0.
with

budgets as (select * from {{ ref('fct_plan_budget') }}),

initiatives as (select * from {{ ref('fct_plan_initiative') }}),

budget_days as (
    select
        day,
        channel,
        market,
        sum(amount) as marketing_budget
    from budgets
    group by day, channel, market
),

initiative_days as (
    select
        planned_end as day,
        cast(null as string) as channel,
        cast(null as string) as market,
        count(*) as initiatives_due,
        sum(case when is_on_schedule then 1 else 0 end) as initiatives_on_schedule
    from initiatives
    group by planned_end
),

final as (
    {{ measures_from('budget_days', ['marketing_budget']) }}
    union all
    {{ measures_from('initiative_days', ['initiatives_due', 'initiatives_on_schedule']) }}
)

select * from final
