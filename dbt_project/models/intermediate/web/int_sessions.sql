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

-- the company's own rules are tried before the shipped ones
channel_rules as (
    select 0 as tried_after, rule, channel, click_id, category, source, medium, campaign, is_ad
    from {{ source('house', 'own_channel_rules') }}
    union all
    select 1 as tried_after, rule, channel, click_id, category, source, medium, campaign, is_ad
    from {{ ref('channel_rules') }}
),

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
        -- most sources do not measure attention: nothing is known of it, and a visit of one page may have been long
        case when {{ measures_engagement('source') }} then coalesce(sum(engagement_time_msec), 0) end as engaged_msec,
        -- and a visit that is told by its other calls alone, as by a server, has pages that nobody told
        case when {{ tells_all_pages('source') }} or sum(is_page_view) > 0 then sum(is_page_view) end as page_views,
        sum(is_product_view) as product_views,
        sum(is_cart_add) as cart_adds,
        sum(is_signup) as signups,
        sum(is_newsletter) as newsletter_signups,
        sum(is_content) as content_interactions,
        max(is_interaction) = 1 as has_interaction,
        max(is_key_event) = 1 as has_key_event,
        max(is_site_search) = 1 as has_site_search,
        max(case when checkout_step = 2 then 1 else 0 end) = 1 as has_shipping_info,
        max(case when checkout_step = 3 then 1 else 0 end) = 1 as has_payment_info,
        min(case when checkout_step = 1 then event_at end) as checkout_begun_at,
        min(case when is_product_view = 1 then event_at end) as first_product_view_at,
        min(case when is_cart_add = 1 then event_at end) as first_cart_add_at,
        max(case when is_cart_add = 1 then event_at end) as last_cart_add_at
    from events
    group by session_id, source, account, user_pseudo_id, device_id, has_consent
),

-- the traffic of a session is that of the first event in it that carries any; texts for the rules to look at
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
        coalesce(touches.click_id_kind, '') as told_click,
        case
            when touches.session_id is null then '(direct)'
            else coalesce(touches.touch_source, touches.external_host, '')
        end as told_source,
        case
            when touches.session_id is null then '(none)'
            when touches.has_campaign then coalesce(touches.touch_medium, '')
            else 'referral'
        end as told_medium,
        coalesce(lower(trim(touches.touch_campaign)), '') as told_campaign
    from sessions
    left join events as touches
        on sessions.session_id = touches.session_id and sessions.touch_event = touches.event_number
),

-- many sessions come the same way: the rules look at each way once
ways as (
    select distinct told_click, told_source, told_medium, told_campaign
    from traffic
),

-- which kind of site the source is: known by its full name, else by its site's word
sited as (
    select
        ways.*,
        case
            when by_name.site is not null then coalesce(by_name.category, '')
            -- other services of a search engine's company are sites like any other
            when by_word.category = 'search' and not {{ is_search_page('ways.told_source') }} then ''
            else coalesce(by_word.category, '')
        end as category,
        nullif(
            case
                when by_name.site is not null then by_name.ad_source
                when by_word.category = 'search' and not {{ is_search_page('ways.told_source') }} then ''
                else by_word.ad_source
            end,
            ''
        ) as site_ad_source,
        campaign_map.channel as mapped_channel,
        campaign_map.source as mapped_ad_source
    from ways
    left join source_categories as by_name on ways.told_source = by_name.site
    left join source_categories as by_word on {{ site_word('ways.told_source') }} = by_word.site
    left join campaign_map on ways.told_campaign = campaign_map.utm_campaign
),

-- the first rule whose conditions all hold decides; a condition that is left out holds
ruled as (
    select
        sited.*,
        channel_rules.channel,
        channel_rules.is_ad,
        row_number() over (
            partition by sited.told_click, sited.told_source, sited.told_medium, sited.told_campaign
            order by channel_rules.tried_after, channel_rules.rule
        ) as first_rule
    from sited
    left join channel_rules
        on
            {{ condition_holds('channel_rules.click_id', 'sited.told_click') }}
            and {{ condition_holds('channel_rules.category', 'sited.category') }}
            and {{ condition_holds('channel_rules.source', 'sited.told_source') }}
            and {{ condition_holds('channel_rules.medium', 'sited.told_medium') }}
            and {{ condition_holds('channel_rules.campaign', 'sited.told_campaign') }}
),

channelled as (
    select
        traffic.session_id,
        traffic.source_name,
        traffic.medium,
        traffic.campaign,
        traffic.click_id,
        -- a campaign that the company's own map ties to one of a platform is that one
        coalesce(ruled.mapped_channel, ruled.channel, 'other') as channel,
        case
            when ruled.mapped_ad_source is not null then ruled.mapped_ad_source
            when ruled.is_ad then coalesce(
                {{ of_click_id('ruled.told_click', 'ad_source') }},
                -- a click id that is no ad platform's of the house is of none of them
                case when {{ of_click_id('ruled.told_click', 'source') }} is null then ruled.site_ad_source end
            )
        end as ad_source
    from traffic
    inner join ruled
        on
            traffic.told_click = ruled.told_click
            and traffic.told_source = ruled.told_source
            and traffic.told_medium = ruled.told_medium
            and traffic.told_campaign = ruled.told_campaign
            and ruled.first_rule = 1
),

first_events as (
    select session_id, event_number, country
    from events
),

-- a site that never sends a search has none to tell of, which is not the same as nobody searching
searched_sites as (
    select distinct source, account
    from sessions
    where has_site_search
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
        {{ market_named('first_events.country', 'countries.market', 'accounts.market') }} as market,
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
        case when searched_sites.account is not null then sessions.has_site_search end as has_site_search,
        sessions.has_shipping_info,
        sessions.has_payment_info,
        sessions.checkout_begun_at,
        sessions.engaged_msec < 10000 and sessions.page_views <= 1 and not sessions.has_key_event as is_bounced,
        sessions.first_cart_add_at
    from sessions
    inner join channelled on sessions.session_id = channelled.session_id
    inner join first_events
        on sessions.session_id = first_events.session_id and sessions.first_event = first_events.event_number
    inner join devices on sessions.device_id = devices.device_id
    left join accounts on sessions.source = accounts.source and sessions.account = accounts.account
    left join searched_sites
        on sessions.source = searched_sites.source and sessions.account = searched_sites.account
    left join countries on {{ country_name('first_events.country') }} = lower(countries.country)
)

select * from final
