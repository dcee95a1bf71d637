-- Grain: one post of an influencer about the brand.
-- depends_on: {{ source('plan', 'endorsements') }}
with

landed as (select * from {{ landed('plan', 'endorsements') }}),

final as (
    select
        'plan' as source,
        account,
        post,
        trim(influencer) as influencer,
        posted_on,
        {{ plan_scope('market', 'upper') }} as market,
        reach
    from landed
)

select * from final
