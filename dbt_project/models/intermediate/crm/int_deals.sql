-- Grain: one deal or opportunity of a CRM, whether open or closed.
with

hubspot as (select * from {{ ref('stg_hubspot__deals') }}),

salesforce as (select * from {{ ref('stg_salesforce__opportunities') }}),

deal_stages as (select * from {{ ref('deal_stages') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

contacts as (select * from {{ ref('stg_hubspot__contacts') }}),

merged_ids as (select * from {{ ref('int_crm_merged_ids') }}),

leads as (select * from {{ ref('stg_salesforce__leads') }}),

listed as (
    select
        source,
        account,
        deal_key,
        {{ each_part('contact_ids', ';') }} as listed_id
    from hubspot
    where contact_ids is not null
),

named as (
    select listed.source, listed.account, listed.deal_key, coalesce(contacts.is_excluded, false) as is_excluded
    from listed
    left join merged_ids
        on listed.account = merged_ids.account and trim(listed.listed_id) = merged_ids.contact_id
    left join contacts
        on
            listed.account = contacts.account
            and coalesce(merged_ids.merged_into, trim(listed.listed_id)) = contacts.contact_id
    union all
    select source, account, converted_deal_key as deal_key, is_excluded
    from leads
    where converted_deal_key is not null
),

-- a deal with nobody but those whom exclusions.csv leaves out is none
left_out as (
    select source, account, deal_key
    from named
    group by source, account, deal_key
    having bool_and(is_excluded)
),

deals as (
    select
        hubspot.source,
        hubspot.account,
        hubspot.deal_key,
        hubspot.pipeline,
        hubspot.stage,
        hubspot.is_closed,
        hubspot.is_won,
        hubspot.amount,
        hubspot.currency,
        hubspot.created_at,
        {{ local_day('hubspot.closed_at', 'accounts.time_zone') }} as closed_on,
        hubspot.lead_source,
        hubspot.contact_ids
    from hubspot
    inner join accounts on hubspot.source = accounts.source and hubspot.account = accounts.account
    union all
    select
        source,
        account,
        deal_key,
        cast(null as string) as pipeline,
        stage,
        is_closed,
        is_won,
        amount,
        currency,
        created_at,
        closed_on,
        lead_source,
        cast(null as string) as contact_ids
    from salesforce
),

final as (
    select
        concat_ws('', deals.source, ':', deals.account, ':', deals.deal_key) as deal_id,
        deals.source,
        deals.account,
        deals.deal_key,
        deals.pipeline,
        deals.stage,
        -- a won deal is a closed one, whatever else the row says
        coalesce(deals.is_won, deal_stages.is_won, false)
        or coalesce(deals.is_closed, deal_stages.is_closed, false) as is_closed,
        coalesce(deals.is_won, deal_stages.is_won, false) as is_won,
        deals.amount as amount_account,
        coalesce(nullif(deals.currency, ''), accounts.currency) as currency,
        {{ local_day('deals.created_at', 'accounts.time_zone') }} as created_on,
        deals.closed_on,
        deals.lead_source,
        deals.contact_ids,
        accounts.market as account_market
    from deals
    inner join accounts on deals.source = accounts.source and deals.account = accounts.account
    left join deal_stages on deals.stage = deal_stages.stage
    left join left_out
        on
            deals.source = left_out.source
            and deals.account = left_out.account
            and deals.deal_key = left_out.deal_key
    where left_out.deal_key is null
)

select * from final
