-- Grain: one session of a device.
with

-- where two accounts measure one site, the sessions of one count
events as (
    select * from {{ ref('int_session_events') }}
    where coalesce(counts_sessions, true)
),

accounts as (select * from {{ source('house', 'accounts') }}),

countries as (select * from {{ ref('countries') }}),

source_categories as (select * from {{ ref('source_categories') }}),

campaign_map as (select * from {{ ref('int_campaign_map') }}),

sessions as (
    select
        session_id,
        source,
        account,
        user_pseudo_id,
        device_id,
        has_consent,
        min(event_at) as started_at,
        min(business_day) as day,
        min(event_number) as first_event,
        min(case when has_campaign or external_host is not null then event_number end) as touch_event,
        min(user_first_touch_at) as user_first_touch_at,
        coalesce(sum(engagement_time_msec), 0) as engaged_msec,
        sum(is_page_view) as page_views,
        sum(is_product_view) as product_views,
        sum(is_cart_add) as cart_adds,
        sum(is_signup) as signups,
        sum(is_newsletter) as newsletter_signups,
        sum(is_content) as content_interactions,
        max(is_interaction) = 1 as has_interaction,
        max(is_key_event) = 1 as has_key_event,
        min(case when is_product_view = 1 then event_at end) as first_product_view_at,
        min(case when is_cart_add = 1 then event_at end) as first_cart_add_at,
        max(case when is_cart_add = 1 then event_at end) as last_cart_add_at
    from events
    group by session_id, source, account, user_pseudo_id, device_id, has_consent
),

-- the traffic of a session is that of the first event in it that carries any
traffic as (
    select
        sessions.session_id,
        coalesce(touches.touch_source, touches.external_host) as source_name,
        case
            when touches.has_campaign then touches.touch_medium
            when touches.external_host is not null then 'referral'
        end as medium,
        touches.touch_campaign as campaign,
        touches.click_id,
        touches.click_id_kind,
        touches.session_id is not null as has_traffic,
        not touches.has_campaign as is_referred
    from sessions
    left join events as touches
        on sessions.session_id = touches.session_id and sessions.touch_event = touches.event_number
),

-- which kind of site the source is: known by its full name, else by its site's word
sited as (
    select
        traffic.*,
        coalesce(by_name.category, by_word.category) as category,
        nullif(case when by_name.site is not null then by_name.ad_source else by_word.ad_source end, '')
            as site_ad_source,
        traffic.click_id is not null
        or coalesce(traffic.medium in ('cpc', 'ppc', 'retargeting') or traffic.medium like 'paid%', false) as is_paid,
        campaign_map.channel as mapped_channel,
        campaign_map.source as mapped_ad_source
    from traffic
    left join source_categories as by_name on traffic.source_name = by_name.site
    left join source_categories as by_word on {{ site_word('traffic.source_name') }} = by_word.site
    left join campaign_map on lower(trim(traffic.campaign)) = campaign_map.utm_campaign
),

channelled as (
    select
        session_id,
        source_name,
        medium,
        campaign,
        click_id,
        case
            when not has_traffic then 'direct'
            -- a campaign that the company's own map ties to one of a platform is that one
            when mapped_channel is not null then mapped_channel
            when lower(campaign) like '%cross-network%' or medium = 'cross-network' then 'cross_network'
            when is_paid and category = 'search' then 'paid_search'
            when is_paid and category = 'social' then 'paid_social'
            when is_paid and category = 'video' then 'paid_video'
            when medium in ('display', 'banner', 'cpm') then 'display'
            when is_paid then 'other'
            {% for channel, words in [
                ('email', ['email', 'e-mail', 'newsletter']),
                ('sms_chat', ['sms', 'zalo', 'zns']),
                ('affiliate', ['affiliate']),
                ('influencer', ['influencer', 'kol', 'koc']),
                ('referral_program', ['referral_program', 'refer-a-friend']),
            ] %}
            {% set listed = "('" ~ words | join("', '") ~ "')" %}
            when source_name in {{ listed }} or medium in {{ listed }} then '{{ channel }}'
            {% endfor %}
            when medium = 'organic' or category = 'search' then 'organic_search'
            when category = 'social' or medium in ('social', 'organic_social') then 'organic_social'
            when category = 'marketplace' then 'marketplace'
            when is_referred or medium = 'referral' then 'referral'
            else 'other'
        end as channel,
        case
            when mapped_ad_source is not null then mapped_ad_source
            when click_id_kind = 'gclid' then 'google_ads'
            when click_id_kind = 'fbclid' then 'meta_ads'
            when click_id_kind = 'ttclid' then 'tiktok_ads'
            when is_paid then site_ad_source
        end as ad_source
    from sited
),

first_events as (
    select session_id, event_number, country
    from events
),

-- the device's own first touch, by the source's field where it has one
devices as (
    select
        device_id,
        least(min(started_at), coalesce(min(user_first_touch_at), min(started_at))) as first_touch_at
    from sessions
    group by device_id
),

final as (
    select
        sessions.session_id,
        sessions.source,
        sessions.account,
        sessions.user_pseudo_id,
        sessions.device_id,
        sessions.has_consent,
        devices.first_touch_at,
        sessions.started_at,
        sessions.day,
        channelled.channel,
        coalesce(countries.market, accounts.market) as market,
        channelled.source_name,
        channelled.medium,
        channelled.campaign,
        channelled.click_id,
        channelled.ad_source,
        cast(cast(sessions.engaged_msec as decimal(15, 0)) * cast(0.001 as decimal(4, 3)) as decimal(18, 3))
            as engaged_seconds,
        sessions.page_views,
        sessions.product_views,
        sessions.cart_adds,
        sessions.signups,
        sessions.newsletter_signups,
        sessions.content_interactions,
        sessions.has_interaction,
        sessions.product_views > 0 as has_product_view,
        coalesce(sessions.last_cart_add_at >= sessions.first_product_view_at, false) as has_cart_after_view,
        sessions.has_key_event,
        sessions.engaged_msec < 10000 and sessions.page_views <= 1 and not sessions.has_key_event as is_bounced,
        sessions.first_cart_add_at
    from sessions
    inner join channelled on sessions.session_id = channelled.session_id
    inner join first_events
        on sessions.session_id = first_events.session_id and sessions.first_event = first_events.event_number
    inner join devices on sessions.device_id = devices.device_id
    left join accounts on sessions.source = accounts.source and sessions.account = accounts.account
    left join countries on lower(first_events.country) = lower(countries.country)
)

select * from final
