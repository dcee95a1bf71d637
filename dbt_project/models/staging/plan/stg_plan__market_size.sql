-- Grain: one row of the market-size file: month × market × category.
-- depends_on: {{ source('plan', 'market_size') }}
with

landed as (select * from {{ landed('plan', 'market_size') }}),

accounts as (
    select account, time_zone from {{ source('house', 'accounts') }}
    where source = 'plan'
),

final as (
    select
        'plan' as source,
        landed.account,
        _row as landed_row,
        cast(date_trunc('month', month) as date) as month,
        upper(trim(market)) as market,
        nullif(trim(category), '') as category,
        amount,
        upper(trim(landed.currency)) as currency,
        includes_vat,
        {{ local_day('landed._exported_at', 'accounts.time_zone') }} as exported_on
    from landed
    inner join accounts on landed.account = accounts.account
)

select * from final
