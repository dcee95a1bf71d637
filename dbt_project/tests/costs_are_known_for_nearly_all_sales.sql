-- Where a product list is loaded, cost prices are known for 95 % of the sales of each month at least.
{{ config(severity='warn') }}

with

margins as (
    select * from {{ ref('fct_convert_margin') }}
    where refund_id is null and exists (select 1 from {{ ref('int_products') }})
),

final as (
    select
        cast(date_trunc('month', day) as date) as month,
        sum(net_sales) as net_sales,
        sum(case when is_costed then net_sales else 0 end) as net_sales_costed
    from margins
    group by cast(date_trunc('month', day) as date)
)

select * from final
where net_sales > 0 and net_sales_costed < cast(0.95 as decimal(3, 2)) * net_sales
