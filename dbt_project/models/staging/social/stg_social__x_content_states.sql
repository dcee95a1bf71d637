-- Grain: one post as one export showed it.
-- depends_on: {{ source('social', 'x_content') }}
with

landed as (select * from {{ landed_states('social', 'x_content') }}),

-- an export that lists a post twice shows it once, with its larger figures
final as (
    select
        'social' as source,
        account,
        'x' as network,
        _entity as post_id,
        exported_at,
        max(published_on) as published_on,
        max(impressions) as impressions,
        cast(null as bigint) as views,
        max(likes) as likes,
        max(comments) as comments,
        max(coalesce(reposts + link_shares, reposts, link_shares)) as shares,
        max(saves) as saves,
        false as is_ad
    from landed
    group by account, _entity, exported_at
)

select * from final
