-- Grain: one contact or lead of a CRM, with the days on which it became a lead and was qualified.
with

hubspot as (select * from {{ ref('stg_hubspot__contacts') }}),

salesforce as (select * from {{ ref('stg_salesforce__leads') }}),

of_files as (select * from {{ ref('stg_contacts_file__contacts') }}),

hubspot_states as (select * from {{ ref('stg_hubspot__contact_states') }}),

salesforce_states as (select * from {{ ref('stg_salesforce__lead_states') }}),

file_states as (select * from {{ ref('stg_contacts_file__contact_states') }}),

lead_stages as (select * from {{ ref('lead_stages') }}),

merged_ids as (select * from {{ ref('int_crm_merged_ids') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

contacts as (
    select
        hubspot.source,
        hubspot.account,
        hubspot.contact_id,
        hubspot.email_hash,
        hubspot.phone_hash,
        hubspot.created_at,
        hubspot.became_lead_at as stated_lead_at,
        hubspot.became_qualified_at as stated_qualified_at,
        cast(null as date) as converted_on,
        cast(null as string) as converted_deal_key,
        hubspot.lead_source,
        hubspot.is_excluded
    from hubspot
    left join merged_ids on hubspot.account = merged_ids.account and hubspot.contact_id = merged_ids.contact_id
    where merged_ids.contact_id is null
    union all
    -- whatever stands in Salesforce's list of leads is one from its creation on
    select
        source,
        account,
        contact_id,
        email_hash,
        phone_hash,
        created_at,
        created_at as stated_lead_at,
        cast(null as timestamp) as stated_qualified_at,
        case when is_converted then converted_on end as converted_on,
        converted_deal_key,
        lead_source,
        is_excluded
    from salesforce
    union all
    select
        source,
        account,
        contact_id,
        email_hash,
        phone_hash,
        created_at,
        became_lead_at as stated_lead_at,
        became_qualified_at as stated_qualified_at,
        cast(null as date) as converted_on,
        cast(null as string) as converted_deal_key,
        lead_source,
        is_excluded
    from of_files
),

-- what a merged contact showed, the one that it was merged into showed
states as (
    select
        hubspot_states.source,
        hubspot_states.account,
        coalesce(merged_ids.merged_into, hubspot_states.contact_id) as contact_id,
        hubspot_states.exported_at,
        hubspot_states.stage
    from hubspot_states
    left join merged_ids
        on hubspot_states.account = merged_ids.account and hubspot_states.contact_id = merged_ids.contact_id
    union all
    select * from salesforce_states
    union all
    select source, account, contact_id, exported_at, stage from file_states
),

first_exports as (
    select source, account, min(exported_at) as exported_at
    from states
    group by source, account
),

first_shown as (
    select
        states.source,
        states.account,
        states.contact_id,
        min(case when lead_stages.is_lead then states.exported_at end) as lead_at,
        min(case when lead_stages.is_qualified then states.exported_at end) as qualified_at
    from states
    inner join lead_stages on states.source = lead_stages.source and states.stage = lead_stages.stage
    group by states.source, states.account, states.contact_id
),

-- what the account's first export shows already began at an unknown time: it is dated by the creation
shown as (
    select
        contacts.*,
        case
            when first_shown.lead_at = first_exports.exported_at then contacts.created_at else first_shown.lead_at
        end as shown_lead_at,
        case
            when first_shown.qualified_at = first_exports.exported_at then contacts.created_at
            else first_shown.qualified_at
        end as shown_qualified_at
    from contacts
    left join first_shown
        on
            contacts.source = first_shown.source
            and contacts.account = first_shown.account
            and contacts.contact_id = first_shown.contact_id
    left join first_exports on contacts.source = first_exports.source and contacts.account = first_exports.account
),

dated as (
    select
        shown.*,
        accounts.market as account_market,
        accounts.time_zone,
        coalesce(
            shown.stated_lead_at,
            least(
                coalesce(shown.stated_qualified_at, shown.shown_lead_at),
                coalesce(shown.shown_lead_at, shown.stated_qualified_at)
            )
        ) as became_lead_at
    from shown
    inner join accounts on shown.source = accounts.source and shown.account = accounts.account
),

-- what is only shown is qualified at the earliest when it became a lead
qualified as (
    select
        *,
        coalesce(
            stated_qualified_at,
            case when shown_qualified_at < became_lead_at then became_lead_at else shown_qualified_at end
        ) as qualified_at
    from dated
),

final as (
    select
        concat_ws('', source, ':', account, ':', contact_id) as lead_id,
        source,
        account,
        contact_id,
        email_hash,
        phone_hash,
        created_at,
        became_lead_at,
        {{ local_day('became_lead_at', 'time_zone') }} as became_lead_on,
        coalesce(converted_on, {{ local_day('qualified_at', 'time_zone') }}) as qualified_on,
        -- until when a visit may have led to it; a cell that names a day and no time means the whole day
        case
            when {{ is_local_midnight('coalesce(became_lead_at, created_at)', 'time_zone') }}
                then {{ add_24_hours('coalesce(became_lead_at, created_at)', 1) }}
            else coalesce(became_lead_at, created_at)
        end as touched_until,
        converted_deal_key,
        lead_source,
        account_market
    from qualified
    where not is_excluded
)

select * from final
