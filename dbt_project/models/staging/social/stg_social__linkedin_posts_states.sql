-- Grain: one post as one export showed it.
-- depends_on: {{ source('social', 'linkedin_posts') }}
with

landed as (select * from {{ landed_states('social', 'linkedin_posts') }}),

-- an export that lists a post twice shows it once, with its larger figures
final as (
    select
        'social' as source,
        account,
        'linkedin' as network,
        _entity as post_id,
        exported_at,
        max(published_on) as published_on,
        max(impressions) as impressions,
        cast(null as bigint) as views,
        max(likes) as likes,
        max(comments) as comments,
        max(shares) as shares,
        cast(null as bigint) as saves,
        max(campaign) is not null as is_ad
    from landed
    group by account, _entity, exported_at
)

select * from final
