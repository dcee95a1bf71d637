-- Grain: one contact or lead of a CRM with its person, channel and market.
with

contacts as (select * from {{ ref('int_crm_contacts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

touchpoints as (select * from {{ ref('int_touchpoints') }}),

lead_sources as (select * from {{ ref('lead_sources') }}),

settings as (select * from {{ source('house', 'settings') }}),

-- address and number of a contact are one person's: either of them names it, else the record itself
with_person as (
    select
        contacts.*,
        coalesce(by_email.person_id, by_phone.person_id, by_contact.person_id) as person_id
    from contacts
    left join identities as by_email on by_email.id_type = 'email' and contacts.email_hash = by_email.id_value
    left join identities as by_phone on by_phone.id_type = 'phone' and contacts.phone_hash = by_phone.id_value
    left join identities as by_contact
        on by_contact.id_type = 'crm_contact' and contacts.lead_id = by_contact.id_value
),

touches as (
    select
        with_person.lead_id,
        touchpoints.channel,
        row_number() over (
            partition by with_person.lead_id order by touchpoints.started_at desc, touchpoints.session_id asc
        ) as latest
    from with_person
    cross join settings
    inner join touchpoints
        on
            with_person.person_id = touchpoints.person_id
            and touchpoints.channel <> 'direct'
            and with_person.touched_until >= touchpoints.started_at
            and {{ add_24_hours('with_person.touched_until', '-settings.attribution_lookback_days') }}
            <= touchpoints.started_at
),

final as (
    select
        with_person.lead_id,
        with_person.source,
        with_person.account,
        with_person.contact_id,
        with_person.person_id,
        coalesce(touches.channel, lead_sources.channel, 'other') as channel,
        coalesce(persons.market, with_person.account_market) as market,
        with_person.created_at,
        with_person.became_lead_at,
        with_person.became_lead_on,
        with_person.touched_until,
        with_person.qualified_on,
        with_person.converted_deal_key
    from with_person
    left join touches on with_person.lead_id = touches.lead_id and touches.latest = 1
    left join lead_sources on with_person.lead_source = lead_sources.lead_source
    left join persons on with_person.person_id = persons.person_id
)

select * from final
