-- Grain: one deal × contact or lead that it came from.
with

deals as (select * from {{ ref('int_deals') }}),

leads as (select * from {{ ref('int_leads') }}),

contacts as (select * from {{ ref('stg_hubspot__contacts') }}),

merged_ids as (select * from {{ ref('int_crm_merged_ids') }}),

-- a merged contact's id leads to the one that it was merged into
contact_keys as (
    select account, contact_id, contact_id as listed_id from contacts
    union all
    select account, merged_into as contact_id, contact_id as listed_id from merged_ids
),

listed as (
    select
        deal_id,
        source,
        account,
        {{ each_part('contact_ids', ';') }} as listed_id
    from deals
    where contact_ids is not null
),

final as (
    select distinct listed.deal_id, leads.lead_id
    from listed
    inner join contact_keys
        on listed.account = contact_keys.account and trim(listed.listed_id) = contact_keys.listed_id
    inner join leads
        on
            listed.source = leads.source
            and listed.account = leads.account
            and contact_keys.contact_id = leads.contact_id
    union
    select distinct deals.deal_id, leads.lead_id
    from deals
    inner join leads
        on
            deals.source = leads.source
            and deals.account = leads.account
            and deals.deal_key = leads.converted_deal_key
)

select * from final
