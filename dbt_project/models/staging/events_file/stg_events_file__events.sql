-- Grain: one event of a visitor's device; of events exported twice the newest export's.
-- depends_on: {{ source('events_file', 'events') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('events_file', 'events') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'events_file' as source,
        account,

        ---------- ids
        event_id as message_id,
        visitor_id as user_pseudo_id,
        own_session,
        user_id_hash,
        order_id as transaction_id,

        ---------- what and where
        event_name,
        page_url as page_location,
        page_referrer,
        {{ url_host('page_url') }} as hostname,
        campaign_source as event_source,
        campaign_medium as event_medium,
        campaign_name as event_campaign,
        country,
        search_term,

        ---------- times
        {{ epoch_micros('happened_at') }} as event_timestamp,
        happened_at as event_at,

        ---------- consent; who refused stands in no such file
        true as has_consent,

        ---------- internal and bot traffic, test devices
        {{ excluded_by('page_url', 'host_of_address') }}
        or {{ excluded_by('visitor_id', 'device') }}
            as is_excluded
    from landed
)

select * from final
