-- Grain: one day of an account on X.
-- depends_on: {{ source('social', 'x_account_daily') }}
with

landed as (select * from {{ landed('social', 'x_account_daily') }}),

final as (
    select
        'social' as source,
        account,
        day,
        impressions,
        likes,
        comments,
        reposts,
        link_shares,
        saves,
        new_follows,
        unfollows
    from landed
)

select * from final
