-- Grain: one membership of the loyalty programme, with the person who has it.
with

members as (select * from {{ ref('stg_loyalty__members') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

with_person as (
    select
        members.*,
        coalesce(by_email.person_id, by_phone.person_id, by_member.person_id) as person_id
    from members
    left join identities as by_email on by_email.id_type = 'email' and members.email_hash = by_email.id_value
    left join identities as by_phone on by_phone.id_type = 'phone' and members.phone_hash = by_phone.id_value
    left join identities as by_member
        on
            by_member.id_type = 'loyalty_member'
            and concat_ws('', members.account, ':', members.member_hash) = by_member.id_value
),

final as (
    select
        with_person.source,
        with_person.account,
        with_person.member_hash,
        with_person.person_id,
        coalesce(persons.market, accounts.market) as market,
        with_person.joined_on,
        with_person.left_on,
        with_person.is_excluded
    from with_person
    inner join accounts on with_person.source = accounts.source and with_person.account = accounts.account
    left join persons on with_person.person_id = persons.person_id
)

select * from final
