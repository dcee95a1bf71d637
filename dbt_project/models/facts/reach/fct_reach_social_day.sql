-- Grain: one day of an account on a social network: by its own daily report, else by differences of its posts.
with

days as (select * from {{ ref('int_social_daily') }}),

post_steps as (select * from {{ ref('int_social_post_steps') }}),

bearing as (select distinct source, account, network from days),

-- where the account has a daily report on the network, its posts are detail and never added
detail as (
    select post_steps.*
    from post_steps
    left join bearing
        on
            post_steps.source = bearing.source
            and post_steps.account = bearing.account
            and post_steps.network = bearing.network
    where bearing.source is null
),

-- a figure that fell counts 0 for that step: nobody took an impression back
figures as (
    select source, account, network, market, day, impressions, likes, comments, shares, saves from days
    union all
    select source, account, network, market, day, impressions, likes, comments, shares, saves from detail
),

final as (
    select
        source,
        account,
        network,
        day,
        market,
        cast(sum(greatest(impressions, 0)) as bigint) as impressions,
        cast(
            sum(greatest(likes, 0) + greatest(comments, 0) + greatest(shares, 0) + greatest(saves, 0)) as bigint
        ) as engagements,
        cast(sum(greatest(shares, 0)) as bigint) as shares
    from figures
    group by source, account, network, day, market
)

select * from final
