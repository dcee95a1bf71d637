-- Grain: one trial or paid term of a subscription, with the person who has it.
with

subscriptions as (
    select * from {{ ref('stg_plan__subscriptions') }}
    where not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

with_person as (
    select
        subscriptions.*,
        coalesce(by_email.person_id, by_phone.person_id) as person_id
    from subscriptions
    left join identities as by_email on by_email.id_type = 'email' and subscriptions.email_hash = by_email.id_value
    left join identities as by_phone on by_phone.id_type = 'phone' and subscriptions.phone_hash = by_phone.id_value
),

final as (
    select
        {{ key_of(['with_person.account', 'with_person.subscription_id', 'with_person.started_on']) }}
            as subscription_term_id,
        with_person.source,
        with_person.account,
        with_person.subscription_id,
        with_person.kind,
        with_person.person_id,
        coalesce(persons.market, accounts.market) as market,
        with_person.started_on,
        with_person.ends_on,
        with_person.paid_on,
        with_person.renewed_on
    from with_person
    inner join accounts on with_person.source = accounts.source and with_person.account = accounts.account
    left join persons on with_person.person_id = persons.person_id
)

select * from final
