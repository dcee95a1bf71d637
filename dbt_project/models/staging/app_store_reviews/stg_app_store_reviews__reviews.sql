-- Grain: one review of an app in Apple's App Store, in its newest state.
-- depends_on: {{ source('app_store_reviews', 'reviews') }}
with

landed as (select * from {{ landed('app_store_reviews', 'reviews') }}),

final as (
    select
        'app_store_reviews' as source,
        account,
        'app_store' as platform,
        review_id,
        created_at,
        cast(stars as decimal(18, 6)) as stars,
        comment_sentiment
    from landed
)

select * from final
