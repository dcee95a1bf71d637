-- Grain: one day on which somebody became a lead, with what a lead of that day is worth as of the day before.
{% set fewest_leads = 30 %}
{% set oldest_lead = 270 %}
{% set youngest_lead = 90 %}
{% set sales_days = 180 %}

with

-- who was a customer before became nobody's customer as a lead
leads as (
    select * from {{ ref('fct_act_lead') }}
    where not was_customer
),

orders as (
    select * from {{ ref('int_orders') }}
    where is_counted and order_number = 1
),

-- of every account the days on which its first orders cannot be told from later ones
young_accounts as (
    select source, account, from_day, until_day
    from {{ ref('int_young_histories') }}
    where market = 'all'
),

settings as (select * from {{ source('house', 'settings') }}),

lead_days as (
    select
        became_lead_on as day,
        {{ add_days('became_lead_on', -1) }} as known_on,
        count(*) as leads,
        sum(case when is_won_90d then 1 else 0 end) as leads_won
    from leads
    group by became_lead_on
),

order_days as (
    select
        source,
        account,
        order_date as day,
        count(*) as first_orders,
        sum(gross_sales - discounts) as first_order_sales
    from orders
    group by source, account, order_date
),

-- the youngest of them have just had their 90 days
conversions as (
    select
        lead_days.day,
        sum(earlier.leads) as leads,
        sum(earlier.leads_won) as leads_won
    from lead_days
    inner join lead_days as earlier
        on
            {{ add_days('lead_days.known_on', -oldest_lead) }} <= earlier.day
            and {{ add_days('lead_days.known_on', -youngest_lead) }} >= earlier.day
    group by lead_days.day
),

-- an account whose first orders of all these days are not told stands on no side of their mean
sales as (
    select
        lead_days.day,
        sum(order_days.first_orders) as first_orders,
        sum(order_days.first_order_sales) as first_order_sales
    from lead_days
    inner join order_days
        on
            {{ add_days('lead_days.known_on', 1 - sales_days) }} <= order_days.day
            and lead_days.known_on >= order_days.day
    left join young_accounts
        on
            order_days.source = young_accounts.source
            and order_days.account = young_accounts.account
            and lead_days.known_on >= young_accounts.from_day
            and {{ add_days('lead_days.known_on', 1 - sales_days) }} < young_accounts.until_day
    where young_accounts.account is null
    group by lead_days.day
),

joined as (
    select
        lead_days.day,
        coalesce(conversions.leads, 0) as leads_before,
        coalesce(conversions.leads_won, 0) as leads_won_before,
        coalesce(sales.first_orders, 0) as first_orders,
        coalesce(sales.first_order_sales, 0) as first_order_sales
    from lead_days
    left join conversions on lead_days.day = conversions.day
    left join sales on lead_days.day = sales.day
),

final as (
    select
        joined.day,
        cast(joined.leads_before as bigint) as leads_before,
        cast(joined.leads_won_before as bigint) as leads_won_before,
        cast(joined.first_orders as bigint) as first_orders,
        cast(joined.first_order_sales as decimal(38, 6)) as first_order_sales,
        case
            when joined.first_orders > 0 and joined.leads_before >= {{ fewest_leads }}
                then {{ rounded_to_minor_unit(
                    share_of(
                        'joined.first_order_sales',
                        'joined.leads_won_before',
                        'joined.leads_before * joined.first_orders'
                    ),
                    'settings.minor_unit'
                ) }}
        end as lead_value
    from joined
    cross join settings
)

select * from final
