-- Every device that did something on a site whose sessions count has sessions, and they hold what it did: the staged
-- events of each device against its sessions. What was done without consent stands under a device of its own.
{% set meanings = {
    'page_views': 'page_view', 'product_views': 'product_view', 'cart_adds': 'cart_add',
    'newsletter_signups': 'newsletter', 'content_interactions': 'content',
} %}
with

accounts as (select * from {{ source('house', 'accounts') }}),

setting_values as (select * from {{ source('house', 'setting_values') }}),

events as (
    select source, account, user_pseudo_id as device, event_name, coalesce(engagement_time_msec, 0) as engaged_msec
    from {{ ref('stg_ga4__events') }}
    where not is_excluded and user_pseudo_id is not null
    union all
    select source, account, anonymous_id as device, event_name, 0 as engaged_msec
    from {{ ref('stg_segment__events') }}
    where not is_excluded and anonymous_id is not null
    {% for further in ['matomo', 'umami', 'events_file'] %}
    union all
    select source, account, user_pseudo_id as device, event_name, 0 as engaged_msec
    from {{ ref('stg_' ~ further ~ '__events') }}
    where not is_excluded and user_pseudo_id is not null
    {% endfor %}
),

of_events as (
    select
        events.source,
        events.account,
        {{ device_of('events.source', 'events.account', 'events.device') }} as device_id,
        {% for column, meaning in meanings.items() %}
        sum(case when {{ meaning }}.value is not null then 1 else 0 end) as {{ column }},
        {% endfor %}
        sum(events.engaged_msec) as engaged_msec
    from events
    left join accounts on events.source = accounts.source and events.account = accounts.account
    {% for meaning in meanings.values() %}
    left join setting_values as {{ meaning }}
        on {{ meaning }}.setting = 'events.{{ meaning }}' and events.event_name = {{ meaning }}.value
    {% endfor %}
    where coalesce(accounts.counts_sessions, true)
    group by events.source, events.account, events.device
),

of_sessions as (
    select
        source,
        account,
        replace(device_id, '|no consent', '') as device_id,
        {% for column in meanings %}
        sum({{ column }}) as {{ column }},
        {% endfor %}
        sum(engaged_seconds) * 1000 as engaged_msec
    from {{ ref('fct_reach_session') }}
    group by source, account, replace(device_id, '|no consent', '')
)

select
    coalesce(of_events.source, of_sessions.source) as source,
    coalesce(of_events.account, of_sessions.account) as account,
    {% for column in meanings %}
    of_events.{{ column }},
    of_sessions.{{ column }} as {{ column }}_of_sessions,
    {% endfor %}
    of_events.engaged_msec,
    of_sessions.engaged_msec as engaged_msec_of_sessions,
    coalesce(of_events.device_id, of_sessions.device_id) as device_id
from of_events
full outer join of_sessions
    on of_events.source = of_sessions.source and of_events.device_id = of_sessions.device_id
where
    of_events.device_id is null
    or of_sessions.device_id is null
    or of_events.engaged_msec <> of_sessions.engaged_msec
    {% for column in meanings %}
    or of_events.{{ column }} <> of_sessions.{{ column }}
    {% endfor %}
