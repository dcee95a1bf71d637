-- Grain: one currency and day on which it can be converted to the reporting currency.
with

rates as (select * from {{ ref('int_fx_daily') }}),

final as (
    select
        currency,
        day,
        rate,
        rate_date,
        cast(rate_age_days as bigint) as rate_age_days
    from rates
)

select * from final
