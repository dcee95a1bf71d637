-- Grain: one address of a list that ever subscribed.
with

contacts as (
    select * from {{ ref('int_list_contacts') }}
    where not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

dated as (
    select
        contacts.source,
        contacts.account,
        contacts.email_hash,
        contacts.status,
        accounts.market,
        {{ local_day('contacts.subscribed_at', 'accounts.time_zone') }} as subscribed_on,
        {{ local_day('contacts.ended_at', 'accounts.time_zone') }} as ended_on
    from contacts
    inner join accounts on contacts.source = accounts.source and contacts.account = accounts.account
),

final as (
    select
        source,
        account,
        email_hash,
        market,
        subscribed_on,
        ended_on,
        status
    from dated
    where subscribed_on is not null
)

select * from final
