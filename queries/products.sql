-- question: Which products earned the most in the last 90 days, after discounts, returns and their cost?
-- câu hỏi: Sản phẩm nào mang lại nhiều lợi nhuận nhất trong 90 ngày qua, sau giảm giá, trả hàng và giá vốn?
-- stage: convert
-- grain: sku
-- column sku (text): article as the orders write it; (none) = lines and refunds that name none
-- column product (text): its name at the last sale
-- column product_line (text): product line of the plan's product list
-- column orders (count): counted orders with it
-- column sold (money): net of discounts, without VAT, by order date
-- column returned (money): refunds by refund date
-- column net_sales (money): sold - returned
-- column share_of_net_sales (percent): net_sales ÷ net sales of all products
-- column gross_profit (money): net_sales less cost, of lines whose cost is known; null where none is
-- column gross_margin (percent): gross_profit ÷ net_sales of these lines
-- caveat: An article whose cost nobody told has no margin, not a margin of 100 %. Returns may be of orders older than
--   the 90 days.
with margin as (
    select
        *,
        coalesce(nullif(sku, ''), '(none)') as article
    from fct_convert_margin
    where
        day >= (select max(as_of) from race_kpi) - 90
        and day < (select max(as_of) from race_kpi)
),

articles as (
    select
        article,
        max(product_line) as product_line,
        count(distinct order_id) filter (where refund_id is null) as orders,
        coalesce(sum(net_sales) filter (where refund_id is null), 0) as sold,
        coalesce(-sum(net_sales) filter (where refund_id is not null), 0) as returned,
        sum(net_sales) as net_sales,
        sum(net_sales - cost) filter (where is_costed) as gross_profit,
        sum(net_sales) filter (where is_costed) as net_sales_costed
    from margin
    group by article
),

names as (
    select
        sku,
        max_by(product, last_sold_on) as product
    from dim_product
    group by sku
)

select
    articles.article as sku,
    names.product,
    articles.product_line,
    articles.orders,
    articles.sold,
    articles.returned,
    articles.net_sales,
    articles.net_sales / nullif(sum(articles.net_sales) over (), 0) as share_of_net_sales,
    articles.gross_profit,
    articles.gross_profit / nullif(articles.net_sales_costed, 0) as gross_margin
from articles
left join names on articles.article = names.sku
order by articles.gross_profit desc nulls last, articles.net_sales desc
