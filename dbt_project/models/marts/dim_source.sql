-- Grain: one account of a source.
with

accounts as (select * from {{ source('house', 'accounts') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

coverage as (
    select
        source,
        account,
        min(day) as first_covered_day,
        max(day) as last_covered_day
    from covered_days
    group by source, account
),

final as (
    select
        accounts.source,
        accounts.account,
        accounts.name,
        accounts.brand,
        accounts.market,
        accounts.time_zone,
        accounts.currency,
        accounts.prices_include_vat,
        cast(accounts.vat_rate as decimal(9, 6)) as vat_rate,
        accounts.history_start,
        accounts.opened_on,
        accounts.ended_on,
        accounts.site,
        coverage.first_covered_day,
        coverage.last_covered_day
    from accounts
    left join coverage on accounts.source = coverage.source and accounts.account = coverage.account
)

select * from final
