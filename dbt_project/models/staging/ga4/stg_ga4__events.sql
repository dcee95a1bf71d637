-- Grain: one event of a site's visitor; of events exported twice the newest export's.
-- An intraday table is what is known of a day before its daily table is there, and no longer.
-- depends_on: {{ source('ga4', 'events') }}
-- depends_on: {{ source('ga4', 'events_intraday') }}
{{ config(materialized='table') }}

with

daily as (select * from {{ landed('ga4', 'events') }}),

intraday as (select * from {{ landed('ga4', 'events_intraday') }}),

daily_days as (select distinct account, event_date from daily),

landed as (
    select *, false as is_intraday from daily
    union all
    select intraday.*, true as is_intraday
    from intraday
    left join daily_days on intraday.account = daily_days.account and intraday.event_date = daily_days.event_date
    where daily_days.account is null
),

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
            as is_excluded,
        is_intraday
    from landed
)

select * from final
