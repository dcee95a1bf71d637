-- Grain: one address of an account whose list says whether it takes mails.
with

contacts as (
    select * from {{ ref('stg_contacts_file__contacts') }}
    where email_hash is not null and status <> ''
),

states as (select * from {{ ref('stg_contacts_file__contact_states') }}),

statuses as (select * from {{ ref('subscriber_statuses') }}),

first_shown_ended as (
    select
        states.account,
        states.contact_id,
        min(states.exported_at) as shown_at
    from states
    inner join statuses on states.status = statuses.status
    where statuses.state = 'ended'
    group by states.account, states.contact_id
),

final as (
    select
        contacts.source,
        contacts.account,
        contacts.email_hash,
        contacts.status,
        statuses.state,
        coalesce(contacts.subscribed_at, contacts.created_at) as subscribed_at,
        case when statuses.state = 'ended' then coalesce(contacts.ended_at, first_shown_ended.shown_at) end as ended_at,
        contacts.is_excluded
    from contacts
    left join statuses on contacts.status = statuses.status
    left join first_shown_ended
        on contacts.account = first_shown_ended.account and contacts.contact_id = first_shown_ended.contact_id
)

select * from final
