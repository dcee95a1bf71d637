-- An order has the lines that landed: of every order its item rows in effect, read from its own source, against both
-- facts, in number, gross sales and discounts. A gift card is a line and no sale; a row without an amount is no line.
-- A discount is the goods', up to what they sell for; where the shop's subtotal tells that a part was the shipping's,
-- less that part. What VAT takes off is told by the order's own tax, else by its rates.
with

orders as (select * from {{ ref('fct_convert_order') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

vat as (
    select order_id, cast(net_part as double) / cast(net_whole as double) as left_of_it
    from {{ ref('int_order_vat') }}
    where net_whole <> 0
),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

woocommerce as (
    select
        source,
        account,
        order_name,
        1 as is_item,
        product,
        amount,
        order_discount
    from {{ ref('stg_woocommerce__order_items') }}
    union all
    select
        source,
        account,
        order_name,
        0 as is_item,
        products as product,
        net_sales as amount,
        cast(null as decimal(18, 6)) as order_discount
    from {{ ref('stg_woocommerce__orders') }}
    where net_sales >= 0
),

-- an order that is in both of its exports is told by its items
woocommerce_told as (
    select account, order_name, max(is_item) as is_item
    from woocommerce
    group by account, order_name
),

item_rows as (
    select
        source,
        account,
        order_name,
        case when lineitem_name is not null then {{ times('lineitem_price', 'coalesce(lineitem_quantity, 0)') }} end
            as amount,
        {{ is_gift_card('lineitem_name') }} as is_gift_card,
        discount_amount as order_discount,
        subtotal,
        cast(null as decimal(18, 6)) as line_discount
    from {{ ref('stg_shopify__orders') }}
    union all
    select
        source,
        account,
        transaction_id as order_name,
        gross_sales as amount,
        {{ is_gift_card('item', 'itemization_type') }} as is_gift_card,
        cast(null as decimal(18, 6)) as order_discount,
        cast(null as decimal(18, 6)) as subtotal,
        gross_sales - net_sales as line_discount
    from {{ ref('stg_square__items') }}
    where event_type = 'payment'
    union all
    select
        source,
        account,
        invoice_code as order_name,
        {{ times('price', 'quantity') }} as amount,
        {{ is_gift_card('product') }} as is_gift_card,
        invoice_discount as order_discount,
        cast(null as decimal(18, 6)) as subtotal,
        {{ times('price', 'quantity') }} - line_total as line_discount
    from {{ ref('stg_kiotviet__invoices') }}
    {% for model in mapped_order_models() %}
    union all
    select
        source,
        account,
        order_name,
        amount,
        {{ is_gift_card('product') }} as is_gift_card,
        order_discount,
        cast(null as decimal(18, 6)) as subtotal,
        seller_discount as line_discount
    from {{ ref(model) }}
    {% endfor %}
    union all
    select
        woocommerce.source,
        woocommerce.account,
        woocommerce.order_name,
        woocommerce.amount,
        {{ is_gift_card('woocommerce.product') }} as is_gift_card,
        woocommerce.order_discount,
        cast(null as decimal(18, 6)) as subtotal,
        cast(null as decimal(18, 6)) as line_discount
    from woocommerce
    inner join woocommerce_told
        on
            woocommerce.account = woocommerce_told.account
            and woocommerce.order_name = woocommerce_told.order_name
            and woocommerce.is_item = woocommerce_told.is_item
),

sums as (
    select
        source,
        account,
        order_name,
        count(amount) as lines,
        cast(coalesce(sum(case when not is_gift_card then amount end), 0) as double) as gross,
        cast(
            case
                when sum(amount) - max(subtotal) between 0 and coalesce(max(order_discount), 0)
                    then sum(amount) - max(subtotal)
                else coalesce(max(order_discount), 0)
            end + coalesce(sum(case when not is_gift_card then line_discount end), 0)
            as double
        ) as discount,
        count(case when not is_gift_card then 1 end) as goods
    from item_rows
    group by source, account, order_name
),

landed_lines as (
    select
        source,
        account,
        order_name,
        lines,
        gross,
        case when goods > 0 then least(discount, greatest(gross, 0)) else 0 end as discount
    from sums
),

fact_lines as (
    select order_id, count(*) as lines, sum(gross_sales) as gross_sales
    from {{ ref('fct_convert_order_line') }}
    group by order_id
),

-- what an amount of the source is worth here, and half a minor unit, by which each rounding may be off
rated as (
    select
        orders.order_id,
        orders.source,
        orders.account,
        orders.order_name,
        orders.gross_sales,
        orders.discounts,
        cast(case when accounts.currency = settings.reporting_currency then 1 else fx.rate end as double)
        * coalesce(vat.left_of_it, 1) as worth,
        0.500001 / {{ minor_units_per_unit('settings.minor_unit') }} as half_a_unit
    from orders
    cross join settings
    inner join accounts on orders.source = accounts.source and orders.account = accounts.account
    left join fx on accounts.currency = fx.currency and orders.order_date = fx.day
    left join vat on orders.order_id = vat.order_id
),

final as (
    select
        rated.order_id,
        rated.half_a_unit,
        coalesce(landed_lines.lines, 0) as landed_lines,
        coalesce(fact_lines.lines, 0) as fact_lines,
        coalesce(landed_lines.gross, 0) * rated.worth as landed_gross_sales,
        coalesce(fact_lines.gross_sales, 0) as gross_sales_of_lines,
        rated.gross_sales,
        coalesce(landed_lines.discount, 0) * rated.worth as landed_discounts,
        rated.discounts
    from rated
    left join landed_lines
        on
            rated.source = landed_lines.source
            and rated.account = landed_lines.account
            and rated.order_name = landed_lines.order_name
    left join fact_lines on rated.order_id = fact_lines.order_id
)

select * from final
where
    landed_lines <> fact_lines
    or gross_sales <> gross_sales_of_lines
    or abs(landed_gross_sales - cast(gross_sales as double)) > half_a_unit * (fact_lines + 1)
    -- goods that are given away bring nothing: their discount is as much as their lines, each of which was rounded
    or abs(landed_discounts - cast(discounts as double))
    > half_a_unit * case when discounts = gross_sales then fact_lines + 1 else 1 end
