-- Grain: day × market × category row of the market-size file: own net sales in what the file covers.
with

margins as (select * from {{ ref('fct_convert_margin') }}),

markets as (select * from {{ ref('fct_plan_market') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

sales_by_day as (
    select
        source,
        account,
        day,
        market,
        category,
        sum(net_sales) as net_sales
    from margins
    group by source, account, day, market, category
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
        sum(sales_by_day.net_sales) as net_sales,
        max(case when markets.includes_vat then accounts.vat_rate else 0 end) as vat_rate
    from sales_by_day
    inner join markets
        on
            cast(date_trunc('month', sales_by_day.day) as date) = markets.month
            and sales_by_day.market = markets.market
            and (markets.category is null or lower(sales_by_day.category) = lower(markets.category))
    inner join accounts on sales_by_day.source = accounts.source and sales_by_day.account = accounts.account
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
        {{ rounded_to_minor_unit(
            'cast(covered.net_sales as decimal(24, 6)) * (1 + cast(covered.vat_rate as decimal(9, 6)))',
            'settings.minor_unit'
        ) }} as net_sales
    from covered
    cross join settings
)

select * from final
