-- Grain: one day of a shop on a marketplace, as the marketplace counts its visitors. They are no sessions.
with

traffic as (select * from {{ ref('stg_marketplace_traffic__daily') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

final as (
    select
        traffic.source,
        traffic.account,
        traffic.marketplace,
        traffic.day,
        accounts.market,
        traffic.visitors,
        traffic.page_views,
        traffic.product_visitors
    from traffic
    inner join accounts on traffic.source = accounts.source and traffic.account = accounts.account
)

select * from final
