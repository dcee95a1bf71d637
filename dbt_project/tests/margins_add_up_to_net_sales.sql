-- Discounts and refunds are spread over the lines of an order without a remainder: the movements of its lines are its
-- net sales, order by order; a refund whose sale is in no file stands for itself.
with

of_lines as (
    select coalesce(order_id, refund_id) as sale_id, sum(net_sales) as net_sales
    from {{ ref('fct_convert_margin') }}
    group by coalesce(order_id, refund_id)
),

of_orders as (
    select order_id as sale_id, net_sales
    from {{ ref('fct_convert_order') }}
    where is_counted
    union all
    select refund_id as sale_id, -refunded_sales as net_sales
    from {{ ref('fct_convert_refund') }}
    where is_counted and order_id is null
)

select
    coalesce(of_lines.sale_id, of_orders.sale_id) as sale_id,
    of_lines.net_sales as net_sales_of_lines,
    of_orders.net_sales
from of_lines
full outer join of_orders on of_lines.sale_id = of_orders.sale_id
where coalesce(of_lines.net_sales, 0) <> coalesce(of_orders.net_sales, 0)
