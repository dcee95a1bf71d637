-- Grain: one row per day on which campaigns that the plan aims at existing customers cost or earned something.
with

campaign_map as (select * from {{ ref('int_campaign_map') }}),

ads as (select * from {{ ref('fct_reach_ads') }}),

attribution as (select * from {{ ref('fct_convert_attribution') }}),

sessions as (select * from {{ ref('fct_reach_session') }}),

orders as (select * from {{ ref('fct_convert_order') }}),

margins as (
    select * from {{ ref('fct_convert_margin') }}
    where is_costed
),

setting_values as (select * from {{ source('house', 'setting_values') }}),

-- of a campaign whose links aim at others, too, nobody can say what was spent on whom; one that no report knows has no
-- cost
aimed_campaigns as (
    select source, account, campaign
    from campaign_map
    where channel is not null
    group by source, account, campaign
    having count(*) = count(aim) and min(aim) = 'existing' and max(aim) = 'existing'
),

aimed_links as (
    select campaign_map.utm_campaign
    from campaign_map
    inner join aimed_campaigns
        on
            campaign_map.source = aimed_campaigns.source
            and campaign_map.account = aimed_campaigns.account
            and campaign_map.campaign = aimed_campaigns.campaign
),

costs as (
    select ads.day, sum(ads.cost) as cost
    from ads
    inner join aimed_campaigns
        on
            ads.source = aimed_campaigns.source
            and ads.account = aimed_campaigns.account
            and trim(ads.campaign) = aimed_campaigns.campaign
    group by ads.day
),

-- later refunds count at the order's date, as with attributed revenue
profits_of_orders as (
    select order_id, sum(net_sales - cost) as gross_profit
    from margins
    group by order_id
),

profits as (
    select
        orders.order_date as day,
        sum(
            cast(
                {{ share_of('profits_of_orders.gross_profit', 'attribution.credit', '1') }} as decimal(18, 6)
            )
        ) as gross_profit
    from attribution
    inner join setting_values
        on attribution.model = setting_values.value and setting_values.setting = 'attribution_model'
    inner join sessions on attribution.session_id = sessions.session_id
    inner join aimed_links on lower(trim(sessions.campaign)) = aimed_links.utm_campaign
    inner join orders on attribution.order_id = orders.order_id and orders.order_number > 1
    inner join profits_of_orders on orders.order_id = profits_of_orders.order_id
    group by orders.order_date
),

final as (
    select
        coalesce(costs.day, profits.day) as day,
        cast(null as string) as channel,
        cast(null as string) as market,
        coalesce(costs.cost, 0) as customer_campaign_cost,
        coalesce(profits.gross_profit, 0) as customer_campaign_gross_profit
    from costs
    full outer join profits on costs.day = profits.day
)

select * from final
