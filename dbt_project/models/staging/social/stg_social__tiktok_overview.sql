-- Grain: one day of a TikTok account's overview.
-- depends_on: {{ source('social', 'tiktok_overview') }}
with

landed as (select * from {{ landed('social', 'tiktok_overview') }}),

final as (
    select
        'social' as source,
        account,
        day,
        video_views,
        profile_views,
        likes,
        comments,
        shares
    from landed
)

select * from final
