-- Grain: one post as one export showed it.
-- depends_on: {{ source('social', 'meta_posts') }}
with

landed as (select * from {{ landed_states('social', 'meta_posts') }}),

-- an export that lists a post twice shows it once, with its larger figures
final as (
    select
        'social' as source,
        account,
        case when max(page_id) is null then 'instagram' else 'facebook' end as network,
        _entity as post_id,
        exported_at,
        max(published_on) as published_on,
        max(impressions) as impressions,
        max(views) as views,
        max(likes) as likes,
        max(comments) as comments,
        max(shares) as shares,
        max(saves) as saves,
        false as is_ad
    from landed
    group by account, _entity, exported_at
)

select * from final
