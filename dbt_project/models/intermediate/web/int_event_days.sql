-- Grain: one business day with events, with a digest of all that its sessions are made from.
{%- set told = (site_event_columns() | map(attribute=0) | list) + ['counts_sessions', 'site_host'] %}

with

settings as (select * from {{ source('house', 'settings') }}),

events as (
    select
        site_events.*,
        {{ local_day('site_events.event_at', 'settings.business_zone') }} as business_day
    from {{ ref('int_site_events') }} as site_events
    cross join settings
),

-- what an event's name means, and which hosts are the company's own
meanings as (
    select {{ digest_of_rows(['setting', 'value']) }} as digest
    from {{ source('house', 'setting_values') }}
    where setting like 'events.%' or setting = 'web.own_hosts'
),

days as (
    select
        business_day,
        {{ digest_of_rows(told) }} as digest
    from events
    group by business_day
),

final as (
    select
        days.business_day,
        concat_ws(' ', days.digest, meanings.digest) as counted_from
    from days
    cross join meanings
)

select * from final
