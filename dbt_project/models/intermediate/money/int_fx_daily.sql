-- Grain: one currency and day on which it can be converted to the reporting currency.
with

rates as (select * from {{ ref('stg_plan__fx_rates') }}),

settings as (select * from {{ source('house', 'settings') }}),

-- of rates that several plan accounts state for one day, the newest export's holds
stated as (
    select
        rates.currency,
        rates.rate_date,
        rates.rate,
        settings.rate_max_age_days,
        row_number() over (
            partition by rates.currency, rates.rate_date
            order by rates.exported_at desc, rates.account desc
        ) as newest
    from rates
    cross join settings
    where rates.to_currency = settings.reporting_currency
),

-- a rate holds until the day before the next one, and no longer than the settings allow
valid as (
    select
        currency,
        rate_date,
        rate,
        least(
            {{ add_days('rate_date', 'rate_max_age_days') }},
            coalesce(
                {{ add_days('lead(rate_date) over (partition by currency order by rate_date)', '-1') }},
                {{ add_days('rate_date', 'rate_max_age_days') }}
            )
        ) as last_day
    from stated
    where newest = 1
),

days as (
    select
        currency,
        {{ each_day('rate_date', 'last_day') }} as day,
        rate,
        rate_date
    from valid
),

final as (
    select
        currency,
        day,
        cast(rate as decimal(18, 8)) as rate,
        rate_date,
        {{ days_between('rate_date', 'day') }} as rate_age_days
    from days
)

select * from final
