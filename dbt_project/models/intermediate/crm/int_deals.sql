-- Grain: one deal or opportunity of a CRM, whether open or closed.
with

hubspot as (select * from {{ ref('stg_hubspot__deals') }}),

salesforce as (select * from {{ ref('stg_salesforce__opportunities') }}),

deal_stages as (select * from {{ ref('deal_stages') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

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
        cast(null as varchar) as pipeline,
        stage,
        is_closed,
        is_won,
        amount,
        currency,
        created_at,
        closed_on,
        lead_source,
        cast(null as varchar) as contact_ids
    from salesforce
),

final as (
    select
        concat(deals.source, ':', deals.account, ':', deals.deal_key) as deal_id,
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
)

select * from final
