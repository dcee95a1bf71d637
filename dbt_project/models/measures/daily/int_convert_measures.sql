-- Grain: one row per measure × day × channel × market with a value other than 0.
with

orders as (select * from {{ ref('fct_convert_order') }}),

refunds as (select * from {{ ref('fct_convert_refund') }}),

attribution as (select * from {{ ref('fct_convert_attribution') }}),

ads as (select * from {{ ref('fct_reach_ads') }}),

sessions as (select * from {{ ref('fct_reach_session') }}),

costs as (select * from {{ ref('fct_plan_cost') }}),

leads as (select * from {{ ref('fct_act_lead') }}),

deals as (select * from {{ ref('fct_convert_deal') }}),

trials as (select * from {{ ref('fct_convert_trial') }}),

margins as (select * from {{ ref('fct_convert_margin') }}),

settlements as (select * from {{ ref('fct_convert_settlement') }}),

market_sales as (select * from {{ ref('fct_convert_market_sales') }}),

market_days as (select * from {{ ref('int_market_days') }}),

experiments as (select * from {{ ref('fct_convert_experiment') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

setting_values as (select * from {{ source('house', 'setting_values') }}),

measure_sources as (select * from {{ ref('measure_sources') }}),

orders_by_day as (
    select
        order_date as day,
        channel,
        market,
        sum(case when is_placed then 1 else 0 end) as orders_placed,
        sum(case when is_counted then 1 else 0 end) as orders,
        sum(case when is_counted and is_identified then 1 else 0 end) as identified_orders,
        sum(case when is_counted and sales_place = 'online' then 1 else 0 end) as online_orders,
        sum(case when is_counted and sales_place = 'offline' then 1 else 0 end) as offline_orders,
        sum(case when is_counted then gross_sales else 0 end) as gross_sales,
        sum(case when is_counted then discounts else 0 end) as discounts,
        sum(case when is_counted then units end) as units_sold,
        sum(case when is_counted and units is not null then 1 else 0 end) as orders_with_units,
        sum(case when is_counted and order_number = 1 then 1 else 0 end) as new_customers
    from orders
    group by order_date, channel, market
),

-- a refund of a sale that is not in the files belongs to the store of its account
refunds_placed as (
    select
        refunds.refund_date,
        refunds.refunded_sales,
        coalesce(orders.channel, 'store') as channel,
        coalesce(orders.market, accounts.market) as market,
        coalesce(orders.sales_place, 'offline') as sales_place,
        coalesce(orders.is_identified, false) as is_identified
    from refunds
    left join orders on refunds.order_id = orders.order_id
    left join accounts on refunds.source = accounts.source and refunds.account = accounts.account
    where refunds.is_counted
),

refunds_by_day as (
    select
        refund_date as day,
        channel,
        market,
        sum(refunded_sales) as refunded_sales
    from refunds_placed
    group by refund_date, channel, market
),

-- sales stand at the order date, what was given back at the refund date
sales_movements as (
    select order_date as day, channel, market, sales_place, is_identified, gross_sales - discounts as amount
    from orders
    where is_counted
    union all
    select refund_date as day, channel, market, sales_place, is_identified, -refunded_sales as amount
    from refunds_placed
),

sales_by_day as (
    select
        day,
        channel,
        market,
        sum(amount) as net_sales,
        sum(case when sales_place = 'online' then amount else 0 end) as online_net_sales,
        sum(case when is_identified then amount else 0 end) as net_sales_identified
    from sales_movements
    group by day, channel, market
),

-- a session keeps the id of the counted order that its purchase names
conversions_by_day as (
    select
        day,
        channel,
        market,
        count(*) as converting_sessions
    from sessions
    where order_id is not null
    group by day, channel, market
),

-- days on which an ad source has its bearing report, and those on which that report states purchases
ad_source_days as (
    select distinct covered_days.source as ad_source, covered_days.day
    from covered_days
    inner join measure_sources
        on
            covered_days.source = measure_sources.source
            and covered_days.table_name = measure_sources.table_name
            and measure_sources.measure = 'ad_spend'
),

ad_source_claim_days as (
    select distinct source as ad_source, day
    from ads
    where purchases is not null
),

credits as (
    select attribution.*
    from attribution
    inner join setting_values
        on attribution.model = setting_values.value and setting_values.setting = 'attribution_model'
),

credits_by_day as (
    select
        credits.order_date as day,
        credits.channel,
        credits.market,
        sum(credits.revenue) as attributed_revenue,
        sum(credits.orders) as attributed_orders,
        sum(case when ad_source_days.day is not null then credits.revenue else 0 end) as paid_attributed_revenue,
        sum(case when ad_source_claim_days.day is not null then credits.orders else 0 end)
            as platform_attributed_orders
    from credits
    left join ad_source_days
        on credits.ad_source = ad_source_days.ad_source and credits.order_date = ad_source_days.day
    left join ad_source_claim_days
        on credits.ad_source = ad_source_claim_days.ad_source and credits.order_date = ad_source_claim_days.day
    group by credits.order_date, credits.channel, credits.market
),

claims_by_day as (
    select
        day,
        channel,
        market,
        sum(purchases) as platform_conversions,
        sum(purchase_value) as platform_purchase_value,
        -- spend counts where the value is stated: unknown is not zero
        sum(case when purchase_value is not null then cost end) as ad_spend_with_purchase_value
    from ads
    group by day, channel, market
),

cost_movements as (
    select day, channel, market, cost as amount, true as is_acquisition
    from ads
    union all
    select day, channel, market, amount, is_acquisition
    from costs
),

costs_by_day as (
    select
        day,
        channel,
        market,
        sum(amount) as marketing_cost,
        sum(case when is_acquisition then amount else 0 end) as acquisition_cost
    from cost_movements
    group by day, channel, market
),

margins_by_day as (
    select
        day,
        channel,
        market,
        sum(case when is_costed then net_sales else 0 end) as net_sales_costed,
        sum(coalesce(cost, 0)) as cost_of_goods,
        sum(case when is_costed then net_sales - cost else 0 end) as gross_profit,
        sum(case when is_costed and channel not in ('direct', 'store') then net_sales - cost else 0 end)
            as attributed_gross_profit
    from margins
    group by day, channel, market
),

costed_orders as (
    select order_id
    from margins
    where order_id is not null
    group by order_id
    having count(*) = count(case when is_costed then 1 end)
),

-- what is left of an order is known where each line's cost, the fees and the shop's part of the shipping are
orders_with_fees as (
    select
        orders.order_id,
        orders.order_date,
        orders.channel,
        orders.market,
        settlements.fees + settlements.shipping as amount
    from settlements
    inner join orders on settlements.order_id = orders.order_id
    inner join costed_orders on settlements.order_id = costed_orders.order_id
    where orders.is_counted and settlements.fees is not null and settlements.shipping is not null
),

fees_by_day as (
    select order_date as day, channel, market, sum(amount) as order_fees
    from orders_with_fees
    group by order_date, channel, market
),

contributions_by_day as (
    select
        margins.day,
        margins.channel,
        margins.market,
        sum(margins.net_sales) as net_sales_with_fees,
        sum(margins.net_sales - margins.cost) as gross_profit_with_fees
    from margins
    inner join orders_with_fees on margins.order_id = orders_with_fees.order_id
    group by margins.day, margins.channel, margins.market
),

market_sales_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        sum(net_sales) as net_sales_in_market
    from market_sales
    group by day, market
),

market_revenue_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        sum(revenue) as market_revenue
    from market_days
    group by day, market
),

trials_by_day as (
    select
        started_on as day,
        cast(null as string) as channel,
        market,
        count(*) as trials_started,
        sum(case when is_converted_30d then 1 else 0 end) as trials_converted
    from trials
    group by started_on, market
),

-- who was a customer before the CRM found them is no lead that could be won
leads_by_day as (
    select
        became_lead_on as day,
        channel,
        market,
        count(*) as leads_created_cohort,
        sum(case when is_won_90d then 1 else 0 end) as leads_won_cohort
    from leads
    where not was_customer
    group by became_lead_on, channel, market
),

-- a deal that was closed before its creation has no cycle: it is won all the same, and on no side of the cycle
deals_by_day as (
    select
        closed_on as day,
        channel,
        market,
        count(*) as deals_closed,
        sum(case when is_won then 1 else 0 end) as deals_won,
        sum(cycle_days) as sales_cycle_days,
        sum(case when cycle_days is not null then 1 else 0 end) as deals_won_dated
    from deals
    where is_closed and closed_on is not null
    group by closed_on, channel, market
),

experiments_by_day as (
    select
        concluded_on as day,
        cast(null as string) as channel,
        cast(null as string) as market,
        count(distinct experiment) as experiments_concluded
    from experiments
    where is_counted
    group by concluded_on
),

final as (
    {{ measures_from('orders_by_day', [
        'orders_placed', 'orders', 'identified_orders', 'online_orders', 'offline_orders', 'gross_sales', 'discounts',
        'new_customers', 'units_sold', 'orders_with_units'
    ]) }}
    union all
    {{ measures_from('refunds_by_day', ['refunded_sales']) }}
    union all
    {{ measures_from('sales_by_day', ['net_sales', 'online_net_sales', 'net_sales_identified']) }}
    union all
    {{ measures_from('conversions_by_day', ['converting_sessions']) }}
    union all
    {{ measures_from('credits_by_day', [
        'attributed_revenue', 'attributed_orders', 'paid_attributed_revenue', 'platform_attributed_orders'
    ]) }}
    union all
    {{ measures_from(
        'claims_by_day', ['platform_conversions', 'platform_purchase_value', 'ad_spend_with_purchase_value']
    ) }}
    union all
    {{ measures_from('costs_by_day', ['marketing_cost', 'acquisition_cost']) }}
    union all
    {{ measures_from('leads_by_day', ['leads_created_cohort', 'leads_won_cohort']) }}
    union all
    {{ measures_from('deals_by_day', ['deals_closed', 'deals_won', 'deals_won_dated', 'sales_cycle_days']) }}
    union all
    {{ measures_from('trials_by_day', ['trials_started', 'trials_converted']) }}
    union all
    {{ measures_from('margins_by_day', [
        'net_sales_costed', 'cost_of_goods', 'gross_profit', 'attributed_gross_profit'
    ]) }}
    union all
    {{ measures_from('fees_by_day', ['order_fees']) }}
    union all
    {{ measures_from('contributions_by_day', ['net_sales_with_fees', 'gross_profit_with_fees']) }}
    union all
    {{ measures_from('market_sales_by_day', ['net_sales_in_market']) }}
    union all
    {{ measures_from('market_revenue_by_day', ['market_revenue']) }}
    union all
    {{ measures_from('experiments_by_day', ['experiments_concluded']) }}
)

select * from final
