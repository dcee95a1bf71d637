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

figures as (
    select source, account, network, market, day, impressions, likes, comments, shares, saves from days
    union all
    select source, account, network, market, day, impressions, likes, comments, shares, saves from detail
),

-- a figure that fell counts 0 for that step: nobody took an impression back; one that is not stated is unknown
counted as (
    select
        source,
        account,
        network,
        market,
        day,
        case when impressions is not null then greatest(impressions, 0) end as impressions,
        case
            when coalesce(likes, comments, shares, saves) is not null
                then
                    greatest(coalesce(likes, 0), 0) + greatest(coalesce(comments, 0), 0)
                    + greatest(coalesce(shares, 0), 0) + greatest(coalesce(saves, 0), 0)
        end as engagements,
        case when shares is not null then greatest(shares, 0) end as shares
    from figures
),

final as (
    select
        source,
        account,
        network,
        day,
        market,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(engagements) as bigint) as engagements,
        cast(sum(shares) as bigint) as shares,
        cast(sum(case when engagements is not null then impressions end) as bigint) as impressions_with_engagements,
        cast(sum(case when impressions is not null then engagements end) as bigint) as engagements_with_impressions
    from counted
    group by source, account, network, day, market
)

select * from final
