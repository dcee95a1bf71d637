-- Grain: one use of a feature, with the person who used it.
with

app_usage as (
    select * from {{ ref('stg_plan__app_usage') }}
    where not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

with_person as (
    select
        app_usage.*,
        coalesce(by_login.person_id, by_email.person_id) as person_id
    from app_usage
    left join identities as by_login on by_login.id_type = 'login' and app_usage.login_hash = by_login.id_value
    left join identities as by_email on by_email.id_type = 'email' and app_usage.email_hash = by_email.id_value
),

final as (
    select
        {{ key_of([
            'with_person.account', 'with_person.login_hash', 'with_person.email_hash', 'with_person.used_at',
            'with_person.feature'
        ]) }} as use_id,
        with_person.source,
        with_person.account,
        with_person.person_id,
        coalesce(persons.market, accounts.market) as market,
        with_person.used_at,
        {{ local_day('with_person.used_at', 'accounts.time_zone') }} as day,
        with_person.feature,
        with_person.seconds
    from with_person
    inner join accounts on with_person.source = accounts.source and with_person.account = accounts.account
    left join persons on with_person.person_id = persons.person_id
)

select * from final
