-- An order's gross sales are those of its lines: nothing is lost between the two facts.
select
    orders.order_id,
    orders.gross_sales,
    sum(lines.gross_sales) as gross_sales_of_lines
from {{ ref('fct_convert_order') }} as orders
left join {{ ref('fct_convert_order_line') }} as lines on orders.order_id = lines.order_id
group by orders.order_id, orders.gross_sales
having orders.gross_sales <> coalesce(sum(lines.gross_sales), 0)
