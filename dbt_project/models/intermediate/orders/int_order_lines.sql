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

numbered as (
    select
        *,
        row_number() over (
            partition by source, account, order_name
            order by batch_id, landed_row, product, sku, amount
        ) as line_number
    from items
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
