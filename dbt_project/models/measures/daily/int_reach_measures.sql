-- Grain: one row per measure × day × channel × market with a value other than 0.
with

ads as (select * from {{ ref('fct_reach_ads') }}),

keywords as (select * from {{ ref('fct_reach_keyword') }}),

brand_searches as (select * from {{ ref('fct_reach_brand_search') }}),

search_days as (select * from {{ ref('fct_reach_search') }}),

sessions as (select * from {{ ref('fct_reach_session') }}),

campaigns as (select * from {{ ref('fct_reach_email_campaign') }}),

social_days as (select * from {{ ref('fct_reach_social_day') }}),

mentions as (select * from {{ ref('fct_reach_mention') }}),

-- a report that states no clicks says nothing of its click-through: its rows stay out of both sides
ads_by_day as (
    select
        day,
        channel,
        market,
        sum(impressions) as ad_impressions,
        sum(case when clicks is not null then impressions else 0 end) as ad_impressions_with_clicks,
        sum(clicks) as ad_clicks,
        sum(cost) as ad_spend,
        sum(case when clicks is not null then cost else 0 end) as ad_spend_with_clicks
    from ads
    group by day, channel, market
),

keywords_by_day as (
    select
        day,
        'paid_search' as channel,
        market,
        sum(quality_score * impressions) as quality_score_x_impressions,
        sum(impressions) as quality_score_impressions
    from keywords
    where quality_score is not null
    group by day, market
),

search_by_day as (
    select
        day,
        'organic_search' as channel,
        market,
        sum(impressions) as search_impressions,
        sum(clicks) as search_clicks,
        sum(position_x_impressions) as search_position_x_impressions
    from search_days
    group by day, market
),

brand_searches_by_month as (
    select
        day,
        cast(null as varchar) as channel,
        market,
        sum(searches) as brand_search_volume
    from brand_searches
    group by day, market
),

sessions_by_day as (
    select
        day,
        channel,
        market,
        count(*) as sessions,
        sum(case when is_bounced then 1 else 0 end) as bounced_sessions,
        sum(case when channel = 'referral' then 1 else 0 end) as referral_sessions
    from sessions
    group by day, channel, market
),

campaigns_by_day as (
    select
        day,
        'email' as channel,
        market,
        sum(delivered) as email_delivered,
        sum(unique_opens) as email_unique_opens,
        sum(forwards) as email_forwards
    from campaigns
    group by day, market
),

mentions_by_day as (
    select
        day,
        cast(null as varchar) as channel,
        market,
        sum(case when kind = 'brand' then 1 else 0 end) as brand_mentions,
        sum(case when is_tracked then 1 else 0 end) as tracked_mentions,
        sum(case when kind = 'brand' and sentiment = 'negative' then 1 else 0 end) as negative_mentions,
        sum(case when kind = 'brand' and sentiment = 'positive' then 1 else 0 end) as positive_mentions
    from mentions
    group by day, market
),

social_by_day as (
    select
        day,
        'organic_social' as channel,
        market,
        sum(impressions) as social_impressions,
        sum(engagements) as social_engagements
    from social_days
    group by day, market
),

final as (
    {{ measures_from('ads_by_day', [
        'ad_impressions', 'ad_impressions_with_clicks', 'ad_clicks', 'ad_spend', 'ad_spend_with_clicks'
    ]) }}
    union all
    {{ measures_from('keywords_by_day', ['quality_score_x_impressions', 'quality_score_impressions']) }}
    union all
    {{ measures_from('search_by_day', ['search_impressions', 'search_clicks', 'search_position_x_impressions']) }}
    union all
    {{ measures_from('brand_searches_by_month', ['brand_search_volume']) }}
    union all
    {{ measures_from('sessions_by_day', ['sessions', 'bounced_sessions', 'referral_sessions']) }}
    union all
    {{ measures_from('campaigns_by_day', ['email_delivered', 'email_unique_opens', 'email_forwards']) }}
    union all
    {{ measures_from('social_by_day', ['social_impressions', 'social_engagements']) }}
    union all
    {{ measures_from('mentions_by_day', [
        'brand_mentions', 'tracked_mentions', 'negative_mentions', 'positive_mentions'
    ]) }}
)

select * from final
