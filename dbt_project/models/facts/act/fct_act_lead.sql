-- Grain: one contact of a CRM that became a lead.
{% set won_within_days = 90 %}
with

leads as (
    select * from {{ ref('int_leads') }}
    where became_lead_on is not null
),

deal_leads as (select * from {{ ref('int_deal_leads') }}),

won_deals as (
    select * from {{ ref('int_deals') }}
    where is_won
),

orders as (
    select * from {{ ref('int_orders') }}
    where is_counted and person_id is not null
),

accounts as (select * from {{ source('house', 'accounts') }}),

-- before or after goes by time; where one of the two states a day alone, by the day
leads_orders as (
    select
        leads.lead_id,
        orders.order_date as day,
        case
            when
                leads.touched_until > leads.became_lead_at
                or {{ is_local_midnight('orders.ordered_at', 'accounts.time_zone') }}
                then orders.order_date >= leads.became_lead_on
            else orders.ordered_at > leads.became_lead_at
        end as is_after
    from leads
    inner join orders on leads.person_id = orders.person_id
    inner join accounts on orders.source = accounts.source and orders.account = accounts.account
),

customers_before as (
    select distinct lead_id from leads_orders
    where not is_after
),

-- a deal states the day of its close alone
winning_days as (
    select lead_id, day from leads_orders
    where is_after
    union
    select deal_leads.lead_id, won_deals.closed_on as day
    from deal_leads
    inner join won_deals on deal_leads.deal_id = won_deals.deal_id
),

won as (
    select distinct leads.lead_id
    from leads
    inner join winning_days
        on
            leads.lead_id = winning_days.lead_id
            and leads.became_lead_on <= winning_days.day
            and {{ add_days('leads.became_lead_on', won_within_days) }} >= winning_days.day
),

final as (
    select
        leads.lead_id,
        leads.source,
        leads.account,
        leads.person_id,
        leads.channel,
        leads.market,
        leads.became_lead_at,
        leads.touched_until as became_lead_until,
        leads.became_lead_on,
        leads.qualified_on,
        customers_before.lead_id is not null as was_customer,
        won.lead_id is not null as is_won_90d
    from leads
    left join customers_before on leads.lead_id = customers_before.lead_id
    left join won on leads.lead_id = won.lead_id
)

select * from final
