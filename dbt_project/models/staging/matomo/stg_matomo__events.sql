-- Grain: one action of a visit; of actions exported twice the newest export's.
-- depends_on: {{ source('matomo', 'events') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('matomo', 'events') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

-- where a visit came from is said of the visit: its first action tells it
placed as (
    select
        *,
        row_number() over (
            partition by account, visit_id order by happened_at, coalesce(page_id, 0), action_type, action_name
        ) as place
    from landed
),

final as (
    select
        'matomo' as source,
        account,

        ---------- ids
        visitor_id as user_pseudo_id,
        visit_id as own_session,
        user_id_hash,
        order_id as transaction_id,
        page_id as event_bundle_sequence_id,

        ---------- what and where; an abandoned cart is no event but what was left of several
        case action_type
            when 'action' then 'page_view'
            when 'search' then 'view_search_results'
            when 'download' then 'file_download'
            when 'ecommerceOrder' then 'purchase'
            when 'event' then action_name
            when 'goal' then concat_ws('', 'goal ', coalesce(action_name, ''))
            else action_type
        end as event_name,
        page_url as page_location,
        case when place = 1 then nullif(referrer_url, '') end as page_referrer,
        {{ url_host('page_url') }} as hostname,
        case when place = 1 then nullif(campaign_source, '') end as event_source,
        case when place = 1 then nullif(campaign_medium, '') end as event_medium,
        case
            when place = 1
                then coalesce(nullif(campaign_name, ''), case when referrer_type = 'campaign' then referrer_name end)
        end as event_campaign,
        country,
        search_term,
        search_results,

        ---------- times
        {{ epoch_micros('happened_at') }} as event_timestamp,
        happened_at as event_at,
        {{ seconds_before('visit_began_at', 'seconds_since_first_visit') }} as user_first_touch_at,

        ---------- consent; who refused is not tracked
        true as has_consent,

        ---------- internal and bot traffic, test devices
        {{ excluded_by('page_url', 'host_of_address') }}
        or {{ excluded_by('ip_network', 'ip') }}
        or {{ excluded_by('visitor_id', 'device') }}
        or {{ excluded_by('browser', 'browser') }}
            as is_excluded
    from placed
)

select * from final
