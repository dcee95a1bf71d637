-- Grain: one item line of an order.
with

orders as (select * from {{ ref('int_order_heads') }}),

-- a row without an amount is none of the order's lines
items as (
    select * from {{ ref('int_order_items') }}
    where amount is not null
),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

products as (select * from {{ ref('int_products') }}),

numbered as (
    select
        *,
        row_number() over (
            partition by source, account, order_name
            order by batch_id, landed_row, product nulls last, sku nulls last, amount nulls last
        ) as line_number
    from items
),

sold as (
    select
        numbered.source,
        numbered.account,
        concat_ws('', orders.order_id, ':', numbered.line_number) as order_line_id,
        orders.order_id,
        orders.order_date as day,
        orders.market,
        lower(trim(coalesce(products.product_line, ''))) as product_line,
        numbered.sku,
        numbered.product,
        numbered.quantity,
        cast(numbered.amount as decimal(38, 6)) as amount,
        cast(coalesce(numbered.line_discount, 0) as decimal(38, 6)) as line_discount,
        numbered.is_gift_card,
        accounts.prices_include_vat and not coalesce(orders.is_net, false) as prices_include_vat,
        orders.is_tax_stated,
        orders.taxed_amount,
        orders.taxes,
        orders.rate
    from numbered
    inner join orders
        on
            numbered.source = orders.source
            and numbered.account = orders.account
            and numbered.order_name = orders.order_name
    inner join accounts on numbered.source = accounts.source and numbered.account = accounts.account
    left join products
        on
            upper(trim(numbered.sku)) = products.sku
            and orders.order_date >= products.valid_from
            and (products.valid_until is null or orders.order_date < products.valid_until)
),

vat_rates as (
    {{ vat_rates_of('sold') }}
),

-- of an amount with VAT, part ÷ whole is left without it
taxed as (
    select
        sold.*,
        vat_rates.vat_rate,
        cast(case when sold.is_tax_stated then sold.taxed_amount - sold.taxes else 1 end as decimal(18, 6)) as net_part,
        cast(
            case
                when sold.is_tax_stated then sold.taxed_amount
                when sold.prices_include_vat then 1 + vat_rates.vat_rate
                else 1
            end as decimal(18, 6)
        ) as net_whole
    from sold
    inner join vat_rates
        on
            sold.source = vat_rates.source
            and sold.account = vat_rates.account
            and sold.market = vat_rates.market
            and sold.product_line = vat_rates.product_line
            and sold.day = vat_rates.day
),

final as (
    select
        taxed.order_line_id,
        taxed.source,
        taxed.account,
        taxed.order_id,
        taxed.day as order_date,
        taxed.sku,
        taxed.product,
        taxed.quantity,
        -- a gift card sold is not a sale
        case
            when taxed.is_gift_card then cast(0 as decimal(18, 6))
            else {{ to_reporting(
                without_vat('taxed.amount', 'taxed.net_part', 'taxed.net_whole'), 'taxed.rate', 'settings.minor_unit'
            ) }}
        end as gross_sales,
        taxed.is_gift_card,
        taxed.amount,
        taxed.line_discount,
        taxed.net_part,
        taxed.net_whole,
        cast(
            case
                when taxed.is_tax_stated
                    then {{ share_of('taxed.taxes', '1', 'taxed.taxed_amount - taxed.taxes') }}
                else taxed.vat_rate
            end as decimal(9, 6)
        ) as vat_rate
    from taxed
    cross join settings
)

select * from final
