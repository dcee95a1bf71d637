-- Grain: one account (login) that a customer created: by the company's list where one is loaded for the site
-- and day, else by the site's sign-up event.
with

profiles as (
    select * from {{ ref('stg_plan__account_profiles') }}
    where not is_excluded
),

listed_sites as (select distinct account, site from {{ ref('stg_plan__account_profiles') }}),

events as (
    select * from {{ ref('int_session_events') }}
    where is_signup = 1
),

touchpoints as (select * from {{ ref('int_touchpoints') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

covered_days as (
    select * from {{ source('house', 'covered_days') }}
    where source = 'plan' and table_name = 'account_profiles'
),

-- a list that names no site is the list of every site
listed_days as (
    select distinct listed_sites.site, covered_days.day
    from listed_sites
    inner join covered_days on listed_sites.account = covered_days.account
),

signed_up as (
    select
        touchpoints.source,
        touchpoints.account,
        {{ key_of(['events.session_id', 'events.event_number']) }} as login_id,
        'event' as known_by,
        touchpoints.session_id,
        touchpoints.person_id,
        touchpoints.channel,
        touchpoints.market,
        events.event_at as created_at,
        touchpoints.day,
        cast(null as date) as completed_on
    from events
    inner join touchpoints on events.session_id = touchpoints.session_id
    inner join accounts on touchpoints.source = accounts.source and touchpoints.account = accounts.account
    left join listed_days
        on touchpoints.day = listed_days.day and (listed_days.site is null or accounts.site = listed_days.site)
    where listed_days.day is null
),

profiles_with_person as (
    select
        profiles.*,
        {{ local_day('profiles.created_at', 'settings.business_zone') }} as day,
        coalesce(by_login.person_id, by_email.person_id) as person_id
    from profiles
    cross join settings
    left join identities as by_login on by_login.id_type = 'login' and profiles.login_hash = by_login.id_value
    left join identities as by_email on by_email.id_type = 'email' and profiles.email_hash = by_email.id_value
),

-- the visit in which it was created: the person's latest of that day that had begun
visits as (
    select
        profiles_with_person.account,
        profiles_with_person.login_hash,
        profiles_with_person.email_hash,
        touchpoints.session_id,
        touchpoints.channel,
        touchpoints.market,
        row_number() over (
            partition by
                profiles_with_person.account, profiles_with_person.login_hash, profiles_with_person.email_hash
            order by touchpoints.started_at desc, touchpoints.session_id asc
        ) as latest
    from profiles_with_person
    inner join touchpoints
        on
            profiles_with_person.person_id = touchpoints.person_id
            and profiles_with_person.day = touchpoints.day
            and profiles_with_person.created_at >= touchpoints.started_at
),

listed as (
    select
        profiles.source,
        profiles.account,
        {{ key_of(['profiles.account', 'profiles.login_hash', 'profiles.email_hash']) }} as login_id,
        'list' as known_by,
        visits.session_id,
        profiles.person_id,
        coalesce(visits.channel, 'other') as channel,
        coalesce(visits.market, persons.market, accounts.market) as market,
        profiles.created_at,
        profiles.day,
        profiles.completed_on
    from profiles_with_person as profiles
    inner join accounts on profiles.source = accounts.source and profiles.account = accounts.account
    left join persons on profiles.person_id = persons.person_id
    left join visits
        on
            profiles.account = visits.account
            and coalesce(profiles.login_hash, '') = coalesce(visits.login_hash, '')
            and coalesce(profiles.email_hash, '') = coalesce(visits.email_hash, '')
            and visits.latest = 1
),

final as (
    select * from signed_up
    union all
    select * from listed
)

select * from final
