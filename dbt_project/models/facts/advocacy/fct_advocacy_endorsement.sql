-- Grain: one post of an influencer about the brand.
with

endorsements as (select * from {{ ref('stg_plan__endorsements') }}),

final as (
    select
        post,
        source,
        account,
        influencer,
        posted_on as day,
        market,
        reach
    from endorsements
)

select * from final
