-- Grain: one event of a site's visitor; of events exported twice the newest export's.
-- depends_on: {{ source('ga4', 'events') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('ga4', 'events') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'ga4' as source,
        account,

        ---------- ids
        user_pseudo_id,
        user_id_hash,
        event_bundle_sequence_id,
        batch_event_index,
        params_digest,
        ga_session_id,
        transaction_id,

        ---------- what and where
        event_name,
        page_location,
        page_referrer,
        ignore_referrer = 'true' as ignores_referrer,
        lower(hostname) as hostname,
        source as event_source,
        medium as event_medium,
        campaign as event_campaign,
        gclid,
        country,
        device_category,
        search_term,
        search_results,
        metric_id,
        metric_value,

        ---------- numbers
        engagement_time_msec,

        ---------- times
        event_timestamp,
        event_at,
        user_first_touch_at,

        ---------- consent; an event that does not say had it
        coalesce(lower(analytics_storage) <> 'no', true) as has_consent,

        ---------- internal and bot traffic, test devices
        {{ excluded_by('hostname', 'host') }}
        or {{ excluded_by('traffic_type', 'traffic_type') }}
        or {{ excluded_by('browser', 'browser') }}
        or {{ excluded_by('user_pseudo_id', 'device') }}
            as is_excluded
    from landed
)

select * from final
