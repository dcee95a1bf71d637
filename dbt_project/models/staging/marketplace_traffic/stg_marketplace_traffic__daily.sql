-- Grain: one day of a shop on a marketplace.
-- depends_on: {{ source('marketplace_traffic', 'daily') }}
with

landed as (select * from {{ landed('marketplace_traffic', 'daily') }}),

final as (
    select
        'marketplace_traffic' as source,
        account,
        lower(replace(trim(marketplace), ' ', '_')) as marketplace,
        day,
        visitors,
        page_views,
        product_visitors
    from landed
)

select * from final
