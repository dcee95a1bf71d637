-- Grain: one row of the cost file × day it covers.
with

costs as (
    {{ spread_over_days(ref('stg_plan__costs'), 'cost_name', ['is_acquisition', 'initiative']) }}
),

final as (
    select
        {{ key_of(['source', 'account', 'plan_row_id', 'day']) }} as cost_day_id,
        source,
        account,
        plan_name as cost,
        day,
        channel,
        market,
        amount,
        is_acquisition,
        initiative
    from costs
)

select * from final
