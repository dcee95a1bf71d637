-- A cost of an initiative that the plan does not have is nobody's spend: a slip in one of the two files.
{{ config(severity='warn', tags=['plan']) }}

select distinct costs.account, costs.cost, costs.initiative
from {{ ref('fct_plan_cost') }} as costs
left join {{ ref('fct_plan_initiative') }} as initiatives
    on costs.account = initiatives.account and costs.initiative = initiatives.initiative
where costs.initiative is not null and initiatives.initiative is null
