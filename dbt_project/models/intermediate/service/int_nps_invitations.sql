-- Grain: one invitation to the survey with the person invited.
with

invitations as (
    select * from {{ ref('stg_nps__invitations') }}
    where not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

orders as (
    select order_name, min(person_id) as person_id
    from {{ ref('int_orders') }}
    where person_id is not null
    group by order_name
    having count(distinct person_id) = 1
),

persons as (select * from {{ ref('int_persons') }}),

-- an invitation without an address is its order's buyer's
with_person as (
    select
        invitations.*,
        coalesce(identities.person_id, case when invitations.email_hash is null then orders.person_id end) as person_id
    from invitations
    left join identities on identities.id_type = 'email' and invitations.email_hash = identities.id_value
    left join orders on invitations.order_name = orders.order_name
),

final as (
    select
        with_person.invitation_id,
        with_person.source,
        with_person.account,
        with_person.email_hash,
        with_person.person_id,
        coalesce(persons.market, accounts.market) as market,
        with_person.invited_at,
        {{ local_day('with_person.invited_at', 'accounts.time_zone') }} as day
    from with_person
    inner join accounts on with_person.source = accounts.source and with_person.account = accounts.account
    left join persons on with_person.person_id = persons.person_id
)

select * from final
