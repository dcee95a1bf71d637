-- Grain: one video as one export showed it.
-- depends_on: {{ source('social', 'youtube_content') }}
with

landed as (select * from {{ landed_states('social', 'youtube_content') }}),

-- an export that lists a post twice shows it once, with its larger figures
final as (
    select
        'social' as source,
        account,
        'youtube' as network,
        _entity as post_id,
        exported_at,
        max(published_on) as published_on,
        max(impressions) as impressions,
        max(views) as views,
        max(likes) as likes,
        max(comments) as comments,
        max(shares) as shares,
        cast(null as bigint) as saves,
        false as is_ad
    from landed
    group by account, _entity, exported_at
)

select * from final
