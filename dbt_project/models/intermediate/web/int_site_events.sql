-- Grain: one event of a visitor's device on any measured site. Internal and bot traffic is out.
{{ config(materialized='view') }}
{#- the further sources' staged events have these names; what one of them does not tell is null -#}
{% set columns = site_event_columns() %}
{% set further_sources = [ref('stg_matomo__events'), ref('stg_umami__events'), ref('stg_events_file__events')] %}

with

ga4 as (select * from {{ ref('stg_ga4__events') }}),

segment as (select * from {{ ref('stg_segment__events') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

ga4_events as (
    select
        source,
        account,
        user_pseudo_id,
        cast(null as string) as message_id,
        user_id_hash,
        event_name,
        page_location,
        page_referrer,
        ignores_referrer,
        hostname,
        event_source,
        event_medium,
        event_campaign,
        gclid,
        country,
        engagement_time_msec,
        search_term,
        search_results,
        metric_id,
        metric_value,
        transaction_id,
        event_timestamp,
        event_at,
        event_bundle_sequence_id,
        batch_event_index,
        params_digest,
        user_first_touch_at,
        has_consent
    from ga4
    where not is_excluded and user_pseudo_id is not null
),

-- Segment knows no countries, no engagement time and no first touch: its sessions are neither engaged nor bounced
segment_events as (
    select
        source,
        account,
        anonymous_id as user_pseudo_id,
        message_id,
        user_id_hash,
        event_name,
        page_url as page_location,
        page_referrer,
        false as ignores_referrer,
        hostname,
        campaign_source as event_source,
        campaign_medium as event_medium,
        campaign_name as event_campaign,
        cast(null as string) as gclid,
        cast(null as string) as country,
        cast(null as bigint) as engagement_time_msec,
        search_term,
        search_results,
        cast(null as string) as metric_id,
        cast(null as double) as metric_value,
        order_id as transaction_id,
        event_timestamp,
        happened_at as event_at,
        cast(null as bigint) as event_bundle_sequence_id,
        cast(null as bigint) as batch_event_index,
        cast(null as string) as params_digest,
        cast(null as timestamp) as user_first_touch_at,
        has_consent
    from segment
    where not is_excluded and anonymous_id is not null
),

further_events as (
    select
        {{ columns | map(attribute=0) | join(', ') }}
    from ({{ union_by_name(further_sources, columns + [('is_excluded', 'boolean')]) }}) as told
    where not is_excluded and user_pseudo_id is not null
),

events as (
    select * from ga4_events
    union all
    select * from segment_events
    union all
    select * from further_events
),

final as (
    select
        events.*,
        -- where two accounts measure one site, accounts.csv names the one whose sessions count
        coalesce(accounts.counts_sessions, true) as counts_sessions,
        {{ domain_of('accounts.site') }} as site_host
    from events
    left join accounts on events.source = accounts.source and events.account = accounts.account
)

select * from final
