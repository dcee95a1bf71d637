-- An initiative for a KPI that the catalogue does not have cannot be reviewed: a slip in the plan's file.
{{ config(severity='warn', tags=['plan']) }}

select initiatives.account, initiatives.initiative, initiatives.kpi
from {{ ref('fct_plan_initiative') }} as initiatives
left join {{ ref('kpi_catalog') }} as kpi_catalog on initiatives.kpi = kpi_catalog.kpi
where initiatives.kpi is not null and kpi_catalog.kpi is null
