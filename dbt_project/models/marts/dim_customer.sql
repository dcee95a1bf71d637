-- Grain: one person, known by name or by a device alone.
with

persons as (select * from {{ ref('int_persons') }}),

identities as (select * from {{ ref('int_identity_person') }}),

contacts as (
    select * from {{ ref('int_list_contacts') }}
    where not is_excluded and subscribed_at is not null and ended_at is null
),

leads as (select * from {{ ref('fct_act_lead') }}),

members as (select * from {{ ref('fct_engage_loyalty_member') }}),

identity_counts as (
    select
        person_id,
        count(*) as identities,
        sum(case when id_type = 'email' then 1 else 0 end) as emails,
        sum(case when id_type = 'phone' then 1 else 0 end) as phones,
        sum(case when id_type = 'login' then 1 else 0 end) as logins,
        sum(case when {{ is_device('id_type') }} then 1 else 0 end) as devices
    from identities
    group by person_id
),

subscribers as (
    select distinct identities.person_id
    from contacts
    inner join identities on identities.id_type = 'email' and contacts.email_hash = identities.id_value
),

lead_persons as (
    select distinct person_id
    from leads
    where person_id is not null
),

member_persons as (
    select distinct person_id
    from members
    where person_id is not null and left_on is null
),

final as (
    select
        persons.person_id,
        persons.market,
        persons.first_touch_day,
        persons.first_order_date,
        persons.first_order_channel,
        persons.last_order_date,
        persons.orders,
        persons.net_sales,
        persons.first_seen_at,
        persons.sessions,
        cast(identity_counts.identities as bigint) as identities,
        cast(identity_counts.emails as bigint) as emails,
        cast(identity_counts.phones as bigint) as phones,
        cast(identity_counts.logins as bigint) as logins,
        cast(identity_counts.devices as bigint) as devices,
        identity_counts.identities = identity_counts.devices as is_anonymous,
        persons.first_order_id is not null as is_customer,
        lead_persons.person_id is not null as is_lead,
        subscribers.person_id is not null as is_subscriber,
        member_persons.person_id is not null as is_member
    from persons
    inner join identity_counts on persons.person_id = identity_counts.person_id
    left join lead_persons on persons.person_id = lead_persons.person_id
    left join subscribers on persons.person_id = subscribers.person_id
    left join member_persons on persons.person_id = member_persons.person_id
)

select * from final
