-- Grain: one account (login) that a customer created.
with

logins as (select * from {{ ref('int_logins_created') }}),

app_usage as (select * from {{ ref('int_app_usage') }}),

key_features as (
    select value as feature from {{ source('house', 'setting_values') }}
    where setting = 'key_features'
),

-- no list of key features: any use is one
key_uses as (
    select person_id, used_at
    from app_usage
    where
        feature in (select feature from key_features)
        or not exists (select 1 from key_features)
),

activated as (
    select distinct logins.login_id
    from logins
    inner join key_uses
        on
            logins.person_id = key_uses.person_id
            and logins.created_at <= key_uses.used_at
            and key_uses.used_at <= {{ add_24_hours('logins.created_at', 7) }}
),

-- nobody is seen to use, or not to use, what no file of the following days tells
told_days as (
    select distinct day from {{ source('house', 'covered_days') }}
    where source = 'plan' and table_name = 'app_usage'
),

told as (
    select distinct logins.login_id
    from logins
    inner join told_days
        on logins.day <= told_days.day and {{ add_days('logins.day', 7) }} >= told_days.day
),

final as (
    select
        logins.login_id,
        logins.source,
        logins.account,
        logins.known_by,
        logins.session_id,
        logins.person_id,
        logins.channel,
        logins.market,
        logins.created_at,
        logins.day,
        logins.completed_on,
        case
            when activated.login_id is not null then true
            when told.login_id is not null then false
        end as is_activated_7d,
        -- a sign-up event does not tell what became of the profile
        case
            when logins.known_by = 'list'
                then coalesce(logins.completed_on <= {{ add_days('logins.day', 30) }}, false)
        end as is_completed_30d
    from logins
    left join activated on logins.login_id = activated.login_id
    left join told on logins.login_id = told.login_id
)

select * from final
