-- Grain: one row per measure × day × channel × market with a value other than 0.
with

ads as (select * from {{ ref('fct_reach_ads') }}),

keywords as (select * from {{ ref('fct_reach_keyword') }}),

brand_searches as (select * from {{ ref('fct_reach_brand_search') }}),

search_days as (select * from {{ ref('fct_reach_search') }}),

search_terms as (select * from {{ ref('fct_reach_search_term') }}),

sessions as (select * from {{ ref('fct_reach_session') }}),

campaigns as (select * from {{ ref('fct_reach_email_campaign') }}),

messages as (select * from {{ ref('fct_reach_message') }}),

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

-- a query table speaks for its period as a whole: only one of exactly a month has a place in a month
queries_by_month as (
    select
        period_start as day,
        'organic_search' as channel,
        market,
        sum(case when is_brand then clicks end) as brand_query_clicks,
        sum(clicks) as query_clicks
    from search_terms
    where report = 'queries' and is_whole_month
    group by period_start, market
),

brand_searches_by_month as (
    select
        day,
        cast(null as string) as channel,
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
        sum(case when engaged_seconds is not null then 1 else 0 end) as sessions_with_engagement,
        sum(case when channel = 'referral' then 1 else 0 end) as referral_sessions
    from sessions
    group by day, channel, market
),

-- a tool that does not state what a rate divides says nothing of that rate: its mailings stay out of both sides
campaigns_by_day as (
    select
        day,
        'email' as channel,
        market,
        sum(delivered) as email_delivered,
        sum(unique_opens) as email_unique_opens,
        sum(forwards) as email_forwards,
        sum(case when unique_opens is not null then delivered end) as email_delivered_with_opens,
        sum(case when delivered is not null then unique_opens end) as email_unique_opens_with_delivered,
        sum(case when forwards is not null then delivered end) as email_delivered_with_forwards,
        sum(case when delivered is not null then forwards end) as email_forwards_with_delivered,
        sum(case when delivered is not null then recipients end) as email_sent_with_delivered,
        sum(case when recipients is not null then delivered end) as email_delivered_with_sent,
        sum(case when bounces is not null then recipients end) as email_sent_with_bounces,
        sum(case when recipients is not null then bounces end) as email_bounces_with_sent
    from campaigns
    group by day, market
),

messages_by_day as (
    select
        day,
        channel,
        market,
        sum(case when reads is not null then delivered end) as messages_delivered_with_reads,
        sum(case when delivered is not null then reads end) as message_reads_with_delivered
    from messages
    group by day, channel, market
),

mentions_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        sum(case when kind = 'brand' then 1 else 0 end) as brand_mentions,
        sum(case when kind = 'brand' and sentiment in ('positive', 'negative', 'neutral') then 1 else 0 end)
            as brand_mentions_with_sentiment,
        sum(case when is_tracked then 1 else 0 end) as tracked_mentions,
        sum(case when kind = 'brand' and sentiment = 'negative' then 1 else 0 end) as negative_mentions,
        sum(case when kind = 'brand' and sentiment = 'positive' then 1 else 0 end) as positive_mentions,
        sum(case when kind = 'brand' then reach end) as mention_reach
    from mentions
    group by day, market
),

social_by_day as (
    select
        day,
        'organic_social' as channel,
        market,
        sum(impressions) as social_impressions,
        sum(engagements) as social_engagements,
        sum(impressions_with_engagements) as social_impressions_with_engagements,
        sum(engagements_with_impressions) as social_engagements_with_impressions
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
    {{ measures_from('queries_by_month', ['brand_query_clicks', 'query_clicks']) }}
    union all
    {{ measures_from('brand_searches_by_month', ['brand_search_volume']) }}
    union all
    {{ measures_from('sessions_by_day', [
        'sessions', 'bounced_sessions', 'sessions_with_engagement', 'referral_sessions'
    ]) }}
    union all
    {{ measures_from('campaigns_by_day', [
        'email_delivered', 'email_unique_opens', 'email_forwards', 'email_delivered_with_opens',
        'email_unique_opens_with_delivered', 'email_delivered_with_forwards', 'email_forwards_with_delivered',
        'email_sent_with_delivered', 'email_delivered_with_sent', 'email_sent_with_bounces', 'email_bounces_with_sent'
    ]) }}
    union all
    {{ measures_from('messages_by_day', ['messages_delivered_with_reads', 'message_reads_with_delivered']) }}
    union all
    {{ measures_from('social_by_day', [
        'social_impressions', 'social_engagements', 'social_impressions_with_engagements',
        'social_engagements_with_impressions'
    ]) }}
    union all
    {{ measures_from('mentions_by_day', [
        'brand_mentions', 'brand_mentions_with_sentiment', 'tracked_mentions', 'negative_mentions',
        'positive_mentions', 'mention_reach'
    ]) }}
)

select * from final
