-- Grain: one event of a site's visitor; of events exported twice the newest export's.
-- An intraday table is what is known of a day before its daily table is there, and no longer.
-- depends_on: {{ source('ga4', 'events') }}
-- depends_on: {{ source('ga4', 'events_intraday') }}
-- A day (UTC) is staged anew only where its batches have changed.
{{ config(
    materialized=kept_table(), incremental_strategy='recount', meta={'told_by': 'stg_ga4__event_days'},
    unique_key=['event_day']
) }}
{% set changed = among_changed_days('landed_rows.event_at', ref('stg_ga4__event_days'), 'event_day') %}

with

event_days as (select * from {{ ref('stg_ga4__event_days') }}),

daily as (select * from {{ landed('ga4', 'events', where=changed) }}),

intraday as (select * from {{ landed('ga4', 'events_intraday', where=changed) }}),

daily_days as (select distinct account, event_date from {{ landed('ga4', 'events', every=true) }}),

landed as (
    select *, false as is_intraday from daily
    union all
    select intraday.*, true as is_intraday
    from intraday
    left join daily_days on intraday.account = daily_days.account and intraday.event_date = daily_days.event_date
    where daily_days.account is null
),

exclusions as (select * from {{ source('house', 'exclusions') }}),

days as (
    select
        landed.*,
        event_days.event_day,
        event_days.counted_from
    from landed
    inner join event_days on cast(landed.event_at as date) = event_days.event_day
),

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
        is_intraday,

        ---------- what the rows of a day were made from
        event_day,
        counted_from
    from days
)

select * from final
