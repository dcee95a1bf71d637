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
        activated.login_id is not null as is_activated_7d,
        coalesce(logins.completed_on <= {{ add_days('logins.day', 30) }}, false) as is_completed_30d
    from logins
    left join activated on logins.login_id = activated.login_id
)

select * from final
