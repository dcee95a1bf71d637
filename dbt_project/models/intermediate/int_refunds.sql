-- Grain: one refund: a change of a shop order's refunded total between two exports, or a refunded line of a till.
with

orders as (select * from {{ ref('int_order_heads') }}),

shop_states as (select * from {{ ref('stg_shopify__order_states') }}),

till_lines as (select * from {{ ref('stg_square__items') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

shop_orders as (select * from orders where source = 'shopify'),

-- the order as it is in effect is itself an export's state
shop_totals as (
    select account, order_name, exported_at, coalesce(refunded_amount, 0) as refunded_amount
    from shop_states
    union
    select account, order_name, exported_at, refunded_amount
    from shop_orders
),

-- refunds of more than the order's total are none of its items
running as (
    select
        shop_orders.order_id,
        shop_totals.exported_at,
        least(shop_totals.refunded_amount, shop_orders.total) as refunded,
        lag(least(shop_totals.refunded_amount, shop_orders.total)) over (
            partition by shop_orders.order_id order by shop_totals.exported_at, shop_totals.refunded_amount
        ) as refunded_before
    from shop_totals
    inner join shop_orders
        on shop_totals.account = shop_orders.account and shop_totals.order_name = shop_orders.order_name
),

shop_changes as (
    select
        shop_orders.source,
        shop_orders.account,
        shop_orders.order_id,
        running.exported_at,
        running.refunded_before is null as is_estimated,
        running.refunded - coalesce(running.refunded_before, 0) as change,
        case
            when running.refunded_before is null then shop_orders.order_date
            else {{ local_day('running.exported_at', 'accounts.time_zone') }}
        end as refund_date,
        -- of a refunded total the items have their share of the order's total
        {{ share_of(
            'running.refunded - coalesce(running.refunded_before, 0)',
            'shop_orders.subtotal',
            'cast(shop_orders.total as decimal(38, 6))'
            ~ ' * case when accounts.prices_include_vat then 1 + cast(accounts.vat_rate as decimal(9, 6)) else 1 end'
        ) }} as amount,
        shop_orders.is_counted
    from running
    inner join shop_orders on running.order_id = shop_orders.order_id
    inner join accounts on shop_orders.source = accounts.source and shop_orders.account = accounts.account
    where running.refunded <> coalesce(running.refunded_before, 0) and shop_orders.total <> 0
),

till_refunds as (
    select
        till_lines.source,
        till_lines.account,
        orders.order_id,
        till_lines.transaction_id,
        till_lines.batch_id,
        till_lines.landed_row,
        {{ local_day('till_lines.sold_at', 'accounts.time_zone') }} as refund_date,
        {{ without_vat('-till_lines.net_sales', 'accounts') }} as amount
    from till_lines
    inner join accounts on till_lines.source = accounts.source and till_lines.account = accounts.account
    left join orders
        on
            till_lines.source = orders.source
            and till_lines.account = orders.account
            and till_lines.transaction_id = orders.order_name
    where
        till_lines.event_type = 'refund'
        and not {{ is_gift_card('till_lines.item', 'till_lines.itemization_type') }}
        and till_lines.transaction_id not in (select value from exclusions where kind = 'order')
),

refunds as (
    select
        concat(order_id, ':', row_number() over (partition by order_id order by exported_at)) as refund_id,
        source,
        account,
        order_id,
        refund_date,
        amount,
        change > 0 as is_given_back,
        is_estimated as refund_date_estimated,
        is_counted
    from shop_changes
    union all
    select
        concat(
            source, ':', account, ':', transaction_id, ':refund:',
            row_number() over (partition by source, account, transaction_id order by refund_date, batch_id, landed_row)
        ) as refund_id,
        source,
        account,
        order_id,
        refund_date,
        amount,
        amount > 0 as is_given_back,
        false as refund_date_estimated,
        -- a till's order always counts, and so does a refund whose sale is in no file
        true as is_counted
    from till_refunds
),

final as (
    select
        refunds.refund_id,
        refunds.source,
        refunds.account,
        refunds.order_id,
        refunds.refund_date,
        {{ to_reporting(
            'refunds.amount',
            'case when accounts.currency = settings.reporting_currency then 1 else fx.rate end',
            'settings.minor_unit'
        ) }} as refunded_sales,
        refunds.is_given_back,
        refunds.refund_date_estimated,
        refunds.is_counted
    from refunds
    inner join accounts on refunds.source = accounts.source and refunds.account = accounts.account
    cross join settings
    left join fx on accounts.currency = fx.currency and refunds.refund_date = fx.day
)

select * from final
