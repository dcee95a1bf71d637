-- Grain: one row of the budget file × day it covers.
with

budgets as (
    {{ spread_over_days(ref('stg_plan__budgets'), 'budget') }}
),

final as (
    select
        {{ key_of(['source', 'account', 'plan_row_id', 'day']) }} as budget_day_id,
        source,
        account,
        plan_name as budget,
        day,
        channel,
        market,
        amount
    from budgets
)

select * from final
