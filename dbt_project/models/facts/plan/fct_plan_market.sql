-- Grain: one row of the market-size file: month × market × category.
with

market_size as (select * from {{ ref('stg_plan__market_size') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

-- a market listed twice for one month is its first row's
listed as (
    select
        market_size.*,
        row_number() over (
            partition by month, market, category order by account asc, landed_row asc
        ) as first_listed
    from market_size
),

final as (
    select
        {{ key_of(['listed.month', 'listed.market', 'listed.category']) }} as market_size_id,
        listed.source,
        listed.account,
        listed.month,
        listed.market,
        listed.category,
        -- a whole market may be larger than an amount of one's own
        {{ rounded_to_minor_unit(
            'cast(listed.amount as decimal(38, 6)) * case when listed.currency = settings.reporting_currency '
            ~ 'then cast(1 as decimal(18, 8)) else cast(fx.rate as decimal(18, 8)) end',
            'settings.minor_unit',
            'decimal(38, 6)'
        ) }} as revenue,
        listed.includes_vat
    from listed
    cross join settings
    left join fx on listed.currency = fx.currency and least(listed.month, listed.exported_on) = fx.day
    where listed.first_listed = 1
)

select * from final
