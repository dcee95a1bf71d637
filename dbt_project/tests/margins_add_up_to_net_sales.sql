-- Discounts and refunds are spread over the lines of an order without a remainder.
with

margins as (
    select sum(net_sales) as amount from {{ ref('fct_convert_margin') }}
),

sales as (
    select sum(value) as amount from {{ ref('int_measure_daily') }}
    where measure = 'net_sales'
)

select margins.amount as of_lines, sales.amount as of_orders
from margins
cross join sales
where coalesce(margins.amount, 0) <> coalesce(sales.amount, 0)
