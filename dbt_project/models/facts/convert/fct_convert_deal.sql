-- Grain: one deal or opportunity of a CRM, whether open or closed.
with

deals as (select * from {{ ref('int_deals') }}),

deal_leads as (select * from {{ ref('int_deal_leads') }}),

leads as (select * from {{ ref('int_leads') }}),

lead_sources as (select * from {{ ref('lead_sources') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

settings as (select * from {{ source('house', 'settings') }}),

-- of several contacts the one that became a lead first
first_leads as (
    select
        deal_leads.deal_id,
        leads.lead_id,
        leads.person_id,
        leads.channel,
        leads.market,
        row_number() over (
            partition by deal_leads.deal_id
            order by
                case when leads.became_lead_at is null then 1 else 0 end,
                leads.became_lead_at,
                leads.created_at nulls last,
                leads.lead_id
        ) as position
    from deal_leads
    inner join leads on deal_leads.lead_id = leads.lead_id
),

final as (
    select
        deals.deal_id,
        deals.source,
        deals.account,
        first_leads.lead_id,
        first_leads.person_id,
        coalesce(first_leads.channel, lead_sources.channel, 'other') as channel,
        coalesce(first_leads.market, deals.account_market) as market,
        deals.pipeline,
        deals.stage,
        deals.created_on,
        deals.closed_on,
        deals.is_closed,
        deals.is_won,
        -- no measure adds amounts: where a rate is missing the amount is unknown, and the deal counts all the same
        cast(
            {{ to_reporting(
                'deals.amount_account',
                'case when deals.currency = settings.reporting_currency then 1 else fx.rate end',
                'settings.minor_unit'
            ) }} as decimal(18, 6)
        ) as amount,
        deals.amount_account,
        deals.currency,
        case
            when deals.is_won and deals.closed_on >= deals.created_on
                then cast({{ days_between('deals.created_on', 'deals.closed_on') }} as bigint)
        end as cycle_days
    from deals
    cross join settings
    left join first_leads on deals.deal_id = first_leads.deal_id and first_leads.position = 1
    left join lead_sources on deals.lead_source = lead_sources.lead_source
    left join fx on deals.currency = fx.currency and deals.closed_on = fx.day
)

select * from final
