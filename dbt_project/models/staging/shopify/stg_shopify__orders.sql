-- Grain: one line of an order, as the newest export of the order shows it. Cells of the order itself stand
-- on its first line only.
-- depends_on: {{ source('shopify', 'orders') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('shopify', 'orders') }}),

-- an order's id stands in one of its rows; two orders may share a name (two shops in one folder, a numbering that began
-- anew), and are told apart by the moment of each
orders as (
    select
        account,
        order_name,
        created_at,
        max(order_id) as order_id,
        row_number() over (partition by account, order_name order by created_at) as number_of_name
    from landed
    where created_at is not null
    group by account, order_name, created_at
),

final as (
    select
        'shopify' as source,
        landed.account,
        landed._batch_id as batch_id,
        landed._row as landed_row,
        landed._exported_at as exported_at,

        ---------- ids
        -- the first order of a name bears it alone, another one with its id
        case
            when coalesce(orders.number_of_name, 1) = 1 then landed.order_name
            else concat_ws('', landed.order_name, ' · ', coalesce(orders.order_id, cast(landed.created_at as string)))
        end as order_name,
        landed.order_id,
        landed.email_hash,
        landed.phone_hash,

        ---------- the order
        landed.subtotal,
        landed.total,
        landed.shipping,
        landed.taxes,
        landed.discount_amount,
        landed.refunded_amount,
        landed.tags,
        landed.source_name,
        landed.payment_method,
        landed.shipping_country,
        landed.billing_country,
        landed.created_at,
        landed.cancelled_at,

        ---------- the line
        landed.lineitem_name,
        landed.lineitem_sku,
        landed.lineitem_quantity,
        landed.lineitem_price
    from landed
    left join orders
        on
            landed.account = orders.account
            and landed.order_name = orders.order_name
            and landed.created_at = orders.created_at
)

select * from final
