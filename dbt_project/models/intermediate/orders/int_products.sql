-- Grain: one article and the days on which one row of the product list counts for it.
with

products as (select * from {{ ref('stg_plan__products') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

-- an article listed twice from one day on is its first row's
listed as (
    select
        products.*,
        row_number() over (
            partition by products.sku, products.valid_from order by products.account asc, products.landed_row asc
        ) as first_listed
    from products
),

final as (
    select
        listed.source,
        listed.account,
        listed.sku,
        listed.product_line,
        listed.category,
        listed.also_named,
        listed.cost,
        listed.currency,
        -- a cost price does not move with every night's rate
        case when listed.currency = settings.reporting_currency then cast(1 as decimal(18, 8)) else fx.rate end as rate,
        listed.valid_from,
        lead(listed.valid_from) over (partition by listed.sku order by listed.valid_from) as valid_until
    from listed
    cross join settings
    left join fx on listed.currency = fx.currency and least(listed.valid_from, listed.exported_on) = fx.day
    where listed.first_listed = 1
)

select * from final
