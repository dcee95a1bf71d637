-- Grain: one item line of an order.
with

orders as (select * from {{ ref('int_order_heads') }}),

shop_lines as (select * from {{ ref('stg_shopify__orders') }}),

till_lines as (select * from {{ ref('stg_square__items') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

lines as (
    select
        source,
        account,
        order_name,
        batch_id,
        landed_row,
        lineitem_sku as sku,
        lineitem_name as product,
        lineitem_quantity as quantity,
        cast(lineitem_price as decimal(38, 6)) * coalesce(lineitem_quantity, 0) as amount,
        {{ is_gift_card('lineitem_name') }} as is_gift_card
    from shop_lines
    where lineitem_name is not null
    union all
    select
        source,
        account,
        transaction_id as order_name,
        batch_id,
        landed_row,
        sku,
        item as product,
        quantity,
        cast(gross_sales as decimal(38, 6)) as amount,
        {{ is_gift_card('item', 'itemization_type') }} as is_gift_card
    from till_lines
    where event_type = 'payment'
),

numbered as (
    select
        *,
        row_number() over (
            partition by source, account, order_name
            order by batch_id, landed_row, product, sku, amount
        ) as line_number
    from lines
),

final as (
    select
        concat(orders.order_id, ':', numbered.line_number) as order_line_id,
        orders.source,
        orders.account,
        orders.order_id,
        orders.order_date,
        numbered.sku,
        numbered.product,
        numbered.quantity,
        -- a gift card sold is not a sale
        case
            when numbered.is_gift_card then cast(0 as decimal(18, 6))
            else {{ to_reporting(without_vat('numbered.amount', 'accounts'), 'orders.rate', 'settings.minor_unit') }}
        end as gross_sales,
        numbered.is_gift_card
    from numbered
    inner join orders
        on
            numbered.source = orders.source
            and numbered.account = orders.account
            and numbered.order_name = orders.order_name
    inner join accounts on numbered.source = accounts.source and numbered.account = accounts.account
    cross join settings
)

select * from final
