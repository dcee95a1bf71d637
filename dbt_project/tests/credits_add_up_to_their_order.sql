-- Under every model the credits of an order are one order, and their money is its net sales, to the minor unit.
with

orders as (
    select order_id, net_sales
    from {{ ref('int_orders') }}
    where is_counted
),

attribution as (select * from {{ ref('fct_convert_attribution') }}),

models as (select distinct model from attribution),

credits as (
    select
        order_id,
        model,
        sum(credit) as credit,
        sum(orders) as credited_orders,
        sum(revenue) as revenue
    from attribution
    group by order_id, model
)

select
    orders.order_id,
    models.model,
    credits.credit,
    credits.credited_orders,
    credits.revenue,
    orders.net_sales
from orders
cross join models
left join credits on orders.order_id = credits.order_id and models.model = credits.model
where
    coalesce(credits.credit, 0) <> 1
    or credits.credited_orders <> 1
    or credits.revenue <> orders.net_sales
