-- Grain: one ad platform × day × attribution model: the purchases it claims beside the orders credited to its clicks.
with

ads as (select * from {{ ref('fct_reach_ads') }}),

attribution as (select * from {{ ref('fct_convert_attribution') }}),

-- days without a stated number of purchases are not days without a purchase
claims as (
    select
        source,
        day,
        sum(purchases) as claimed_orders
    from ads
    where purchases is not null
    group by source, day
),

models as (select distinct model from attribution),

credits as (
    select
        ad_source,
        order_date,
        model,
        sum(orders) as attributed_orders,
        sum(revenue) as attributed_revenue
    from attribution
    where ad_source is not null
    group by ad_source, order_date, model
),

final as (
    select
        claims.source,
        claims.day,
        models.model,
        cast(claims.claimed_orders as decimal(38, 6)) as claimed_orders,
        cast(coalesce(credits.attributed_orders, 0) as decimal(38, 6)) as attributed_orders,
        cast(coalesce(credits.attributed_revenue, 0) as decimal(38, 6)) as attributed_revenue
    from claims
    cross join models
    left join credits
        on
            claims.source = credits.ad_source
            and claims.day = credits.order_date
            and models.model = credits.model
)

select * from final
