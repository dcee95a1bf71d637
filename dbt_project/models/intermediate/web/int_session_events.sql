-- Grain: one event of a visitor's device, with the session that it falls into. Internal and bot traffic is out.
-- No session crosses business midnight: a day is cut into sessions anew only where its events have changed.
{{ config(
    materialized=kept_table(), incremental_strategy='recount', meta={'told_by': 'int_event_days'},
    unique_key=['business_day']
) }}
{% set of_day = 'device, business_day' %}
{#- what the sessions' events tell of themselves -#}
{% set told = [
    'event_number', 'event_name', 'event_at', 'business_day', 'user_id_hash', 'user_first_touch_at', 'country',
    'engagement_time_msec', 'page_path', 'search_term', 'search_results', 'metric_id', 'metric_value',
    'transaction_id', 'has_campaign', 'touch_source', 'touch_medium', 'touch_campaign', 'click_id',
    'click_id_kind', 'external_host', 'is_page_view', 'is_product_view', 'is_cart_add', 'is_purchase', 'is_signup',
    'is_newsletter', 'is_content', 'is_key_event', 'is_interaction', 'is_site_search', 'checkout_step',
    'counted_from'
] %}
{% set names_of_clicks = click_ids() | map(attribute='id') | join('|') %}
with

settings as (select * from {{ source('house', 'settings') }}),

setting_values as (select * from {{ source('house', 'setting_values') }}),

event_days as (select * from {{ ref('int_event_days') }}),

site_events as (
    select
        site_events.*,
        {{ local_day('site_events.event_at', 'settings.business_zone') }} as business_day,
        {{ device_of('site_events.source', 'site_events.account', 'site_events.user_pseudo_id') }} as device
    from {{ ref('int_site_events') }} as site_events
    cross join settings
),

events as (
    select
        site_events.*,
        event_days.counted_from
    from site_events
    left join event_days on site_events.business_day = event_days.business_day
    {% if is_incremental() %}
    left join (select distinct business_day, counted_from from {{ this }}) as kept
        on event_days.business_day = kept.business_day and event_days.counted_from = kept.counted_from
    where kept.business_day is null
    {% endif %}
),

-- who comes back from there came from nowhere new: payment pages, sign-ins, other hosts of the company
unwanted_referrals as (
    select host from {{ ref('unwanted_referrals') }}
    union
    select {{ domain_of('value') }} as host from setting_values
    where setting = 'web.own_hosts'
),

-- an address is read once, however many events name it
read_addresses as (
    select
        page_location,
        lower({{ url_parameter('page_location', 'utm_source') }}) as utm_source,
        lower({{ url_parameter('page_location', 'utm_medium') }}) as utm_medium,
        {{ url_parameter('page_location', 'utm_campaign') }} as utm_campaign,
        {{ url_host('page_location') }} as page_host,
        {{ url_path('page_location') }} as url_path,
        {{ search_parameter('page_location') }} as searched_for,
        case
            -- one look at the address spares one for each kind
            when regexp_extract(page_location, '[?&]({{ names_of_clicks }})=[^&#]', 1) = '' then null
            {% for one in click_ids() -%}
            when {{ url_parameter('page_location', one.id) }} is not null then '{{ one.id }}'
            {% endfor -%}
        end as click_id_kind
    from (select distinct page_location from events where page_location is not null) as locations
),

paths as (
    select url_path, {{ masked_secrets('url_path') }} as page_path
    from (select distinct url_path from read_addresses) as seen
),

addresses as (
    select read_addresses.*, paths.page_path
    from read_addresses
    inner join paths on read_addresses.url_path = paths.url_path
),

clicks as (
    select
        page_location,
        case click_id_kind
            {% for one in click_ids() -%}
            when '{{ one.id }}' then {{ url_parameter('page_location', one.id) }}
            {% endfor -%}
        end as click_id
    from addresses
    where click_id_kind is not null
),

referrers as (
    select
        page_referrer,
        {{ url_host('page_referrer') }} as referrer_host
    from (select distinct page_referrer from events where page_referrer is not null) as referring
),

referrer_hosts as (select distinct referrer_host as host from referrers),

ignored_hosts as (
    select distinct referrer_hosts.host
    from referrer_hosts
    inner join unwanted_referrals on {{ is_of_host('referrer_hosts.host', 'unwanted_referrals.host') }}
),

-- what an event's name means here
event_meanings as (
    select
        value as event_name,
        max(case when setting = 'events.page_view' then 1 else 0 end) as is_page_view,
        max(case when setting = 'events.product_view' then 1 else 0 end) as is_product_view,
        max(case when setting = 'events.cart_add' then 1 else 0 end) as is_cart_add,
        max(case when setting = 'events.purchase' then 1 else 0 end) as is_purchase,
        max(case when setting = 'events.signup' then 1 else 0 end) as is_signup,
        max(case when setting = 'events.newsletter' then 1 else 0 end) as is_newsletter,
        max(case when setting = 'events.content' then 1 else 0 end) as is_content,
        max(case when setting = 'events.key' then 1 else 0 end) as is_key_event,
        max(case when setting = 'events.site_search' then 1 else 0 end) as is_site_search,
        max(
            case setting
                when 'events.checkout' then 1 when 'events.shipping_info' then 2 when 'events.payment_info' then 3
            end
        ) as checkout_step,
        max(
            case
                when setting in (
                    'events.product_view', 'events.cart_add', 'events.signup', 'events.newsletter',
                    'events.content', 'events.interaction'
                ) then 1
                else 0
            end
        ) as is_interaction
    from setting_values
    where setting like 'events.%'
    group by value
),

-- what the event itself says of where its visitor came from
marks as (
    select
        events.*,
        addresses.utm_source,
        addresses.utm_medium,
        addresses.utm_campaign,
        addresses.page_path,
        addresses.searched_for,
        {{ said('lower(events.event_source)') }} as field_source,
        {{ said('lower(events.event_medium)') }} as field_medium,
        {{ said('events.event_campaign') }} as field_campaign,
        -- source (direct) and medium (none) say that nobody sent the visitor, whatever name stands beside them
        {{ says_direct('events.event_source', 'events.event_medium') }} as fields_say_direct,
        case when nullif(events.gclid, '') is null then addresses.click_id_kind else 'gclid' end as click_id_kind,
        coalesce(nullif(events.gclid, ''), clicks.click_id) as click_id,
        referrers.referrer_host,
        coalesce(regexp_replace(events.hostname, '^www[.]', ''), addresses.page_host) as own_host
    from events
    left join addresses on events.page_location = addresses.page_location
    left join clicks on events.page_location = clicks.page_location
    left join referrers on events.page_referrer = referrers.page_referrer
),

-- UTM parameters speak first, then the event's fields, then the click id
campaigns as (
    select
        marks.*,
        case
            when
                coalesce(marks.utm_source, marks.utm_medium, marks.utm_campaign) is not null
                and not {{ says_direct('marks.utm_source', 'marks.utm_medium') }}
                then 'utm'
            when
                coalesce(marks.field_source, marks.field_medium, marks.field_campaign) is not null
                and not marks.fields_say_direct
                then 'fields'
            when marks.click_id_kind is not null then 'click'
        end as campaign_from,
        -- a page of the company's own site, or of one below or above it, is no source
        case
            when
                ignored_hosts.host is null
                and not coalesce(marks.ignores_referrer, false)
                and not coalesce({{ is_of_host('marks.referrer_host', 'marks.own_host') }}, false)
                and not coalesce({{ is_of_host('marks.own_host', 'marks.referrer_host') }}, false)
                and not coalesce({{ is_of_host('marks.referrer_host', 'marks.site_host') }}, false)
                then marks.referrer_host
        end as external_host
    from marks
    left join ignored_hosts on marks.referrer_host = ignored_hosts.host
),

touches as (
    select
        *,
        campaign_from is not null as has_campaign,
        case campaign_from
            when 'utm' then utm_source
            when 'fields' then field_source
            when 'click' then {{ of_click_id('click_id_kind', 'source') }}
        end as touch_source,
        case campaign_from
            when 'utm' then utm_medium
            when 'fields' then field_medium
            when 'click' then {{ of_click_id('click_id_kind', 'medium') }}
        end as touch_medium,
        case campaign_from when 'utm' then utm_campaign when 'fields' then field_campaign end as touch_campaign
    from campaigns
),

meant as (
    select
        touches.source,
        touches.account,
        touches.user_pseudo_id,
        touches.device,
        touches.message_id,
        touches.counts_sessions,
        touches.has_consent,
        touches.user_id_hash,
        touches.user_first_touch_at,
        touches.event_name,
        touches.event_at,
        touches.event_timestamp,
        touches.event_bundle_sequence_id,
        touches.business_day,
        touches.counted_from,
        touches.country,
        touches.engagement_time_msec,
        touches.page_path,
        case when event_meanings.is_site_search = 1 then coalesce(touches.search_term, touches.searched_for) end
            as search_term,
        case when event_meanings.is_site_search = 1 then touches.search_results end as search_results,
        touches.metric_id,
        case when lower(touches.event_name) in ('lcp', 'inp', 'cls') then touches.metric_value end as metric_value,
        touches.transaction_id,
        touches.has_campaign,
        touches.touch_source,
        touches.touch_medium,
        touches.touch_campaign,
        touches.click_id,
        touches.click_id_kind,
        touches.external_host,
        coalesce(event_meanings.is_page_view, 0) as is_page_view,
        coalesce(event_meanings.is_product_view, 0) as is_product_view,
        coalesce(event_meanings.is_cart_add, 0) as is_cart_add,
        coalesce(event_meanings.is_purchase, 0) as is_purchase,
        coalesce(event_meanings.is_signup, 0) as is_signup,
        coalesce(event_meanings.is_newsletter, 0) as is_newsletter,
        coalesce(event_meanings.is_content, 0) as is_content,
        coalesce(event_meanings.is_key_event, 0) as is_key_event,
        coalesce(event_meanings.is_interaction, 0) as is_interaction,
        coalesce(event_meanings.is_site_search, 0) as is_site_search,
        event_meanings.checkout_step,
        row_number() over (
            partition by touches.device, touches.business_day
            order by
                touches.event_timestamp,
                touches.event_bundle_sequence_id nulls last,
                coalesce(touches.batch_event_index, 0),
                touches.event_name nulls last,
                touches.message_id nulls last,
                touches.params_digest nulls last
        ) as event_number
    from touches
    left join event_meanings on touches.event_name = event_meanings.event_name
),

-- what tells where a session begins; of all else an event is made of nothing is sorted again
followed as (
    select
        device,
        business_day,
        event_number,
        event_timestamp,
        has_consent,
        has_campaign,
        touch_source,
        touch_medium,
        touch_campaign,
        click_id,
        is_page_view,
        lag(event_timestamp) over (partition by {{ of_day }} order by event_number) as timestamp_before
    from meant
),

-- more than 30 minutes of silence; a day begins with the first event
silences as (
    select
        *,
        case when event_timestamp - timestamp_before <= 30 * 60 * 1000000 then 0 else 1 end as begins_stretch
    from followed
),

stretches as (
    select
        *,
        sum(begins_stretch) over (
            partition by {{ of_day }} order by event_number rows unbounded preceding
        ) as stretch
    from silences
),

{% set in_stretch = 'device, business_day, stretch' %}

-- an empty text stands for what the campaign before left open, a null for: no campaign yet
campaigns_before as (
    select
        *,
        {{ last_known("case when has_campaign then coalesce(touch_source, '') end", in_stretch, 'event_number') }}
            as source_before,
        {{ last_known("case when has_campaign then coalesce(touch_medium, '') end", in_stretch, 'event_number') }}
            as medium_before,
        {{ last_known("case when has_campaign then coalesce(touch_campaign, '') end", in_stretch, 'event_number') }}
            as campaign_before,
        {{ last_known("case when has_campaign then coalesce(click_id, '') end", in_stretch, 'event_number') }}
            as click_id_before,
        coalesce(
            sum(is_page_view) over (
                partition by {{ in_stretch }} order by event_number rows between unbounded preceding and 1 preceding
            ), 0
        ) as pages_before
    from stretches
),

-- a campaign that differs from the one the session has, or that comes after pages seen without any
cuts as (
    select
        *,
        case
            when begins_stretch = 1 then 1
            when not has_campaign then 0
            when source_before is null then case when pages_before > 0 then 1 else 0 end
            when
                {{ differs('touch_source', 'source_before') }}
                or {{ differs('touch_medium', 'medium_before') }}
                or {{ differs('touch_campaign', 'campaign_before') }}
                or {{ differs('click_id', 'click_id_before') }}
                then 1
            else 0
        end as begins_session
    from campaigns_before
),

numbered as (
    select
        *,
        sum(begins_session) over (
            partition by {{ of_day }} order by event_number rows unbounded preceding
        ) as session_number
    from cuts
),

-- who agreed to analytics at some time of the session agreed to it
consents as (
    select
        *,
        max(case when has_consent = false then 0 else 1 end) over (partition by {{ of_day }}, session_number) = 1
            as session_has_consent
    from numbered
),

-- a session is named by its first event, so that an older export does not rename the later ones
first_events as (
    select
        meant.device,
        meant.business_day,
        consents.session_number,
        {{ key_of([
            'meant.source', 'meant.account', 'meant.user_pseudo_id', 'meant.event_timestamp',
            'meant.event_bundle_sequence_id', 'meant.event_name', 'meant.message_id', 'meant.touch_source',
            'meant.touch_medium', 'meant.touch_campaign', 'meant.click_id'
        ]) }} as session_id
    from consents
    inner join meant
        on
            consents.device = meant.device
            and consents.business_day = meant.business_day
            and consents.event_number = meant.event_number
    where consents.begins_session = 1
),

final as (
    select
        meant.source,
        meant.account,
        meant.user_pseudo_id,
        -- what was done without consent is another visitor's: it joins no person
        concat_ws(
            '', meant.device, case when consents.session_has_consent then '' else '|no consent' end
        ) as device_id,
        consents.session_has_consent as has_consent,
        coalesce(meant.counts_sessions, true) as counts_sessions,
        first_events.session_id,
        consents.session_number,
        meant.{{ told | join(',\n        meant.') }}
    from meant
    inner join consents
        on
            meant.device = consents.device
            and meant.business_day = consents.business_day
            and meant.event_number = consents.event_number
    inner join first_events
        on
            consents.device = first_events.device
            and consents.business_day = first_events.business_day
            and consents.session_number = first_events.session_number
)

select * from final
