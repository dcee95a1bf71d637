-- Grain: one line of a counted order × what moved its sales: the sale itself, or a refund of the order.
with

orders as (
    select * from {{ ref('fct_convert_order') }}
    where is_counted
),

lines as (
    select * from {{ ref('fct_convert_order_line') }}
    where not is_gift_card
),

refunds as (
    select * from {{ ref('fct_convert_refund') }}
    where is_counted
),

products as (select * from {{ ref('int_products') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

-- the lines in an order that no file decides, with the running total of what they were sold for
ranked as (
    select
        lines.order_line_id,
        lines.source,
        lines.account,
        lines.order_id,
        lines.order_date,
        lines.sku,
        lines.quantity,
        orders.channel,
        orders.market,
        orders.person_id,
        orders.discounts,
        orders.gross_sales as order_gross_sales,
        orders.gross_sales - orders.discounts as order_sales,
        row_number() over (
            partition by lines.order_id
            order by lines.gross_sales desc, coalesce(lines.sku, '') asc, lines.quantity asc, lines.order_line_id asc
        ) as position,
        sum(lines.gross_sales) over (
            partition by lines.order_id
            order by lines.gross_sales desc, coalesce(lines.sku, '') asc, lines.quantity asc, lines.order_line_id asc
            rows unbounded preceding
        ) as gross_sales_so_far
    from lines
    inner join orders on lines.order_id = orders.order_id
),

-- the discount is spread by what the lines were sold for; of a running total the rounded shares add up to it.
-- Where they were sold for nothing, the first line bears what little there is
discounted as (
    select
        ranked.*,
        ranked.gross_sales_so_far - coalesce({{ rounded_to_minor_unit(
            share_of('ranked.discounts', 'ranked.gross_sales_so_far', 'ranked.order_gross_sales'), 'settings.minor_unit'
        ) }}, ranked.discounts) as net_sales_so_far
    from ranked
    cross join settings
),

sold as (
    select
        discounted.*,
        products.product_line,
        products.category,
        discounted.net_sales_so_far - coalesce(
            lag(discounted.net_sales_so_far) over (partition by discounted.order_id order by discounted.position), 0
        ) as net_sales,
        {{ cost_to_reporting('cast(products.cost as decimal(38, 6)) * discounted.quantity', 'products.rate') }} as cost
    from discounted
    left join products
        on
            upper(trim(discounted.sku)) = products.sku
            and discounted.order_date >= products.valid_from
            and (products.valid_until is null or discounted.order_date < products.valid_until)
),

-- of a refund each line gives back its share, and with it the same share of its cost
shared as (
    select
        sold.*,
        refunds.refund_id,
        refunds.refund_date,
        {{ rounded_to_minor_unit(
            share_of('refunds.refunded_sales', 'sold.net_sales_so_far', 'sold.order_sales'), 'settings.minor_unit'
        ) }} as refunded_so_far,
        cast(
            round({{ share_of('sold.cost', 'refunds.refunded_sales', 'sold.order_sales') }}, 6) as decimal(18, 6)
        ) as refunded_cost
    from sold
    cross join settings
    inner join refunds on sold.order_id = refunds.order_id
    where sold.order_sales <> 0
),

given_back as (
    select
        order_line_id,
        refund_id,
        source,
        account,
        order_id,
        refund_date as day,
        channel,
        market,
        person_id,
        sku,
        product_line,
        category,
        coalesce(lag(refunded_so_far) over (partition by refund_id order by position), 0)
        - refunded_so_far as net_sales,
        -refunded_cost as cost
    from shared
),

-- a refund whose sale is in no file, or was for nothing, belongs to no line
without_line as (
    select
        cast(null as string) as order_line_id,
        refunds.refund_id,
        refunds.source,
        refunds.account,
        refunds.order_id,
        refunds.refund_date as day,
        coalesce(orders.channel, 'store') as channel,
        coalesce(orders.market, accounts.market) as market,
        orders.person_id,
        cast(null as string) as sku,
        cast(null as string) as product_line,
        cast(null as string) as category,
        -refunds.refunded_sales as net_sales,
        cast(null as decimal(18, 6)) as cost
    from refunds
    inner join accounts on refunds.source = accounts.source and refunds.account = accounts.account
    left join orders on refunds.order_id = orders.order_id
    where not exists (select 1 from given_back where given_back.refund_id = refunds.refund_id)
),

movements as (
    select
        order_line_id,
        cast(null as string) as refund_id,
        source,
        account,
        order_id,
        order_date as day,
        channel,
        market,
        person_id,
        sku,
        product_line,
        category,
        net_sales,
        cost
    from sold
    union all
    select * from given_back
    union all
    select * from without_line
),

final as (
    select
        {{ key_of(['order_line_id', 'refund_id']) }} as margin_id,
        source,
        account,
        order_id,
        order_line_id,
        refund_id,
        day,
        channel,
        market,
        person_id,
        sku,
        product_line,
        category,
        cast(net_sales as decimal(18, 6)) as net_sales,
        cost is not null as is_costed,
        cast(cost as decimal(18, 6)) as cost
    from movements
)

select * from final
