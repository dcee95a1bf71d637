-- The newest month end has a fit of lifetime value, and so has every earlier one with enough customers. Elsewhere the
-- forecasts are null: customers are too few to say anything, or the models do not hold for them.
{{ config(severity='warn', tags=['conform']) }}

with

fits as (select * from {{ ref('int_clv_fits') }}),

newest as (select max(month_end) as month_end from fits)

select
    fits.month_end,
    fits.customers,
    fits.reason
from fits
cross join newest
where not fits.converged and (fits.month_end = newest.month_end or fits.reason not like '% are needed')
