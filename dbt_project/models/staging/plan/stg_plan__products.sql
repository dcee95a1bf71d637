-- Grain: one article from one day on.
-- depends_on: {{ source('plan', 'products') }}
with

landed as (select * from {{ landed('plan', 'products') }}),

accounts as (
    select account, time_zone from {{ source('house', 'accounts') }}
    where source = 'plan'
),

final as (
    select
        'plan' as source,
        landed.account,
        _row as landed_row,
        upper(trim(sku)) as sku,
        nullif(trim(product_line), '') as product_line,
        nullif(trim(category), '') as category,
        nullif(trim(also_named), '') as also_named,
        cost,
        upper(trim(landed.currency)) as currency,
        valid_from,
        {{ local_day('landed._exported_at', 'accounts.time_zone') }} as exported_on
    from landed
    inner join accounts on landed.account = accounts.account
)

select * from final
