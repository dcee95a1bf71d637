-- Grain: day × market × category row of the market-size file: own net sales in what the file covers.
with

margins as (select * from {{ ref('fct_convert_margin') }}),

markets as (select * from {{ ref('fct_plan_market') }}),

lines as (select * from {{ ref('int_order_lines') }}),

refunds as (select * from {{ ref('int_refunds') }}),

settings as (select * from {{ source('house', 'settings') }}),

-- the VAT of the line, else that of the refund whose sale is in no file
rated as (
    select
        margins.source,
        margins.account,
        margins.day,
        margins.market,
        margins.category,
        margins.net_sales,
        coalesce(lines.vat_rate, refunds.vat_rate, 0) as vat_rate
    from margins
    left join lines on margins.order_line_id = lines.order_line_id
    left join refunds on margins.refund_id = refunds.refund_id
),

sales_by_day as (
    select
        source,
        account,
        day,
        market,
        category,
        vat_rate,
        sum(net_sales) as net_sales
    from rated
    group by source, account, day, market, category, vat_rate
),

-- compared on the file's VAT basis: own sales are without VAT
covered as (
    select
        markets.market_size_id,
        sales_by_day.source,
        sales_by_day.account,
        sales_by_day.day,
        markets.market,
        markets.category,
        sum(
            cast(sales_by_day.net_sales as decimal(24, 6))
            * (1 + case when markets.includes_vat then sales_by_day.vat_rate else 0 end)
        ) as net_sales
    from sales_by_day
    inner join markets
        on
            cast(date_trunc('month', sales_by_day.day) as date) = markets.month
            and sales_by_day.market = markets.market
            and (markets.category is null or lower(sales_by_day.category) = lower(markets.category))
    group by
        markets.market_size_id, sales_by_day.source, sales_by_day.account, sales_by_day.day, markets.market,
        markets.category
),

final as (
    select
        {{ key_of(['covered.market_size_id', 'covered.source', 'covered.account', 'covered.day']) }} as market_sales_id,
        covered.source,
        covered.account,
        covered.day,
        covered.market,
        covered.category,
        {{ rounded_to_minor_unit('covered.net_sales', 'settings.minor_unit') }} as net_sales
    from covered
    cross join settings
)

select * from final
