-- Grain: one day on which content of an account was shared on a network, or from the site (network `site`).
with

social_days as (select * from {{ ref('fct_reach_social_day') }}),

site_events as (
    select * from {{ ref('int_session_events') }}
    where counts_sessions
),

setting_values as (select * from {{ source('house', 'setting_values') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

-- GA4's recommended event, where the settings count it among the interactions
site_days as (
    select
        source,
        account,
        business_day as day,
        count(*) as shares
    from site_events
    where
        event_name = 'share'
        and event_name in (select value from setting_values where setting = 'events.interaction')
    group by source, account, business_day
),

final as (
    select source, account, network, day, market, shares from social_days
    where shares > 0
    union all
    select
        site_days.source,
        site_days.account,
        'site' as network,
        site_days.day,
        accounts.market,
        site_days.shares
    from site_days
    inner join accounts on site_days.source = accounts.source and site_days.account = accounts.account
)

select * from final
