-- Grain: one page view, screen or tracked event of a site's visitor; of messages sent twice the newest export's.
-- depends_on: {{ source('segment', 'events') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('segment', 'events') }}),

event_names as (select * from {{ ref('segment_events') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'segment' as source,
        landed.account,

        ---------- ids
        landed.message_id,
        landed.anonymous_id,
        landed.user_id_hash,
        landed.order_id,

        ---------- what and where
        case
            when landed.message_type = 'page' then 'page_view'
            when landed.message_type = 'screen' then 'screen_view'
            else coalesce(event_names.event_name, landed.event)
        end as event_name,
        landed.page_url,
        landed.page_referrer,
        {{ url_host('landed.page_url') }} as hostname,
        landed.campaign_source,
        landed.campaign_medium,
        landed.campaign_name,
        landed.search_term,
        landed.search_results,

        ---------- times
        {{ epoch_micros('landed.happened_at') }} as event_timestamp,
        landed.happened_at,

        ---------- consent; a message that does not say had it
        coalesce(landed.analytics_consent, true) as has_consent,

        ---------- internal and bot traffic, test devices
        {{ segment_exclusion('landed', 'exclusions') }} as is_excluded
    from landed
    left join event_names on lower(trim(landed.event)) = event_names.event
    where landed.message_type in ('page', 'screen', 'track')
)

select * from final
