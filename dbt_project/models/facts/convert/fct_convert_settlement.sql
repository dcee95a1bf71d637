-- Grain: one order that a marketplace or shop system settled: what it kept and what it paid out.
with

orders as (select * from {{ ref('int_orders') }}),

rows_of_orders as (select * from {{ ref('int_mapped_orders') }}),

settings as (select * from {{ source('house', 'settings') }}),

amazon as (select * from {{ ref('stg_amazon__settlement') }}),

-- Amazon settles in a report of its own: tax and shipping of the buyer are none of the goods' payout
amazon_orders as (
    select
        source,
        account,
        order_name,
        -sum(case when kind = 'goods' and is_refund then amount else 0 end) as refunded,
        -sum(case when kind = 'fee' then amount else 0 end) as fees,
        sum(case when kind <> 'passed on' then amount else 0 end) as settled_amount,
        max(paid_out_on) as settled_on
    from amazon
    group by source, account, order_name
),

-- cells of the order stand on its first row or on each; a fee that no cell states is unknown, and not 0
settled_in_orders as (
    select
        source,
        account,
        order_name,
        sum(amount) as gross,
        coalesce(sum(seller_discount), 0) + coalesce(max(order_discount), 0) as discounts,
        coalesce(max(refunded_amount), 0) as refunded,
        case
            when coalesce(max(commission_fee), max(service_fee), max(payment_fee)) is not null
                then
                    coalesce(max(commission_fee), 0) + coalesce(max(service_fee), 0) + coalesce(max(payment_fee), 0)
        end as fees,
        max(shipping_fee) as shipping,
        max(settled_amount) as settled_amount,
        max(settled_on) as settled_on,
        max(settled_amount) is not null
        or coalesce(max(commission_fee), max(service_fee), max(payment_fee)) is not null as is_settled
    from rows_of_orders
    group by source, account, order_name
),

settled as (
    select
        settled_in_orders.source,
        settled_in_orders.account,
        settled_in_orders.order_name,
        settled_in_orders.gross,
        settled_in_orders.discounts,
        coalesce(amazon_orders.refunded, settled_in_orders.refunded) as refunded,
        coalesce(amazon_orders.fees, settled_in_orders.fees) as fees,
        settled_in_orders.shipping,
        coalesce(amazon_orders.settled_amount, settled_in_orders.settled_amount) as settled_amount,
        coalesce(amazon_orders.settled_on, settled_in_orders.settled_on) as settled_on
    from settled_in_orders
    left join amazon_orders
        on
            settled_in_orders.source = amazon_orders.source
            and settled_in_orders.account = amazon_orders.account
            and settled_in_orders.order_name = amazon_orders.order_name
    where settled_in_orders.is_settled or amazon_orders.order_name is not null
),

final as (
    select
        orders.order_id,
        orders.source,
        orders.account,
        orders.order_date,
        settled.settled_on,
        orders.market,
        {{ to_reporting('settled.gross', 'orders.rate', 'settings.minor_unit') }} as gross,
        {{ to_reporting('settled.discounts', 'orders.rate', 'settings.minor_unit') }} as discounts,
        {{ to_reporting('settled.refunded', 'orders.rate', 'settings.minor_unit') }} as refunded,
        {{ cost_to_reporting('settled.fees', 'orders.rate') }} as fees,
        {{ cost_to_reporting('settled.shipping', 'orders.rate') }} as shipping,
        {{ to_reporting('settled.settled_amount', 'orders.rate', 'settings.minor_unit') }} as settled_amount,
        -- what the order's own cells would pay out, less what was paid out; shipping that no cell states is not
        -- looked for
        {{ cost_to_reporting(
            'settled.gross - settled.discounts - settled.refunded - settled.fees - coalesce(settled.shipping, 0)'
            ~ ' - settled.settled_amount',
            'orders.rate'
        ) }} as difference
    from settled
    inner join orders
        on
            settled.source = orders.source
            and settled.account = orders.account
            and settled.order_name = orders.order_name
    cross join settings
)

select * from final
