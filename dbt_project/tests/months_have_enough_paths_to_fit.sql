-- A month whose data-driven credits are those of last_non_direct, because too few paths before it led to an order.
-- One row per such month. Months of which the site's history does not hold the 90 days before are not amiss.
{{ config(severity='warn') }}

with

weights as (select * from {{ ref('int_attribution_weights') }}),

touchpoints as (select * from {{ ref('int_touchpoints') }}),

history as (select min(day) as first_day from touchpoints)

select distinct
    weights.month,
    weights.paths,
    weights.conversions
from weights
cross join history
where
    not weights.is_fitted
    and history.first_day <= {{ add_days('weights.month', -90) }}
