-- Grain: one utm_campaign that the campaign map ties to a campaign of an ad platform.
with

campaign_map as (select * from {{ ref('stg_plan__campaign_map') }}),

ads as (select * from {{ ref('int_ads') }}),

-- a campaign may change its type: what its newest report says counts
reported as (
    select
        source,
        account,
        trim(campaign) as campaign,
        channel,
        row_number() over (
            partition by source, account, trim(campaign) order by day desc, channel asc
        ) as newest,
        max(day) over (partition by source, account, trim(campaign)) as last_day
    from ads
),

tied as (
    select
        campaign_map.utm_campaign,
        campaign_map.ad_source as source,
        coalesce(campaign_map.ad_account, reported.account) as account,
        campaign_map.campaign,
        campaign_map.aim,
        reported.channel,
        -- a utm_campaign that is listed twice is its first row's
        row_number() over (
            partition by campaign_map.utm_campaign
            order by
                campaign_map.account asc, campaign_map.landed_row asc, reported.last_day desc, reported.account asc
        ) as first_listed
    from campaign_map
    left join reported
        on
            campaign_map.ad_source = reported.source
            and coalesce(campaign_map.ad_account, reported.account) = reported.account
            and campaign_map.campaign = reported.campaign
            and reported.newest = 1
),

-- a campaign that no report knows has no channel of its own
final as (
    select utm_campaign, source, account, campaign, channel, aim
    from tied
    where first_listed = 1
)

select * from final
