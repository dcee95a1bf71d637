-- Grain: one exchange rate of a day: 1 `currency` = `rate` `to_currency`.
-- depends_on: {{ source('plan', 'fx_rates') }}
with

landed as (select * from {{ landed('plan', 'fx_rates') }}),

final as (
    select
        'plan' as source,
        account,
        _exported_at as exported_at,
        rate_date,
        upper(trim(currency)) as currency,
        upper(trim(to_currency)) as to_currency,
        rate
    from landed
)

select * from final
