-- Grain: one page view or event; of events exported twice the newest export's.
-- depends_on: {{ source('umami', 'events') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('umami', 'events') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

-- older versions do not name the host: it is the account's site
sited as (
    select
        landed.*,
        coalesce(nullif(lower(landed.hostname), ''), {{ domain_of('accounts.site') }}) as site_host
    from landed
    left join accounts on accounts.source = 'umami' and landed.account = accounts.account
),

final as (
    select
        'umami' as source,
        account,

        ---------- ids
        event_id as message_id,
        visitor_id as user_pseudo_id,
        user_id_hash,

        ---------- what and where
        case when event_type = 1 then 'page_view' else event_name end as event_name,
        concat_ws(
            '',
            'https://', coalesce(site_host, ''), coalesce(url_path, '/'),
            case when url_query <> '' then concat_ws('', '?', url_query) else '' end
        ) as page_location,
        case
            when referrer_domain <> '' then concat_ws('', 'https://', referrer_domain, coalesce(referrer_path, ''))
        end as page_referrer,
        site_host as hostname,
        gclid,
        country,

        ---------- times
        {{ epoch_micros('happened_at') }} as event_timestamp,
        happened_at as event_at,

        ---------- consent; Umami sets no cookie
        true as has_consent,

        ---------- internal and bot traffic, test devices
        {{ excluded_by('hostname', 'host') }}
        or {{ excluded_by('visitor_id', 'device') }}
        or {{ excluded_by('browser', 'browser') }}
            as is_excluded
    from sited
)

select * from final
