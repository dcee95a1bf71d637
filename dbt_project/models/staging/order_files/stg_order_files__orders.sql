-- Grain: one row of an order of a source whose files state items or orders alone, as the newest export shows it.
{% for source_name in order_files() %}
-- depends_on: {{ source(source_name, 'orders') }}
{% endfor %}

{{ config(materialized='table') }}

with

landed as (
    {% for source_name in order_files() %}
    select
        {{ mapped_cells(source_name) }},
        {{ stated(source_name, 'line_total', 'decimal(18, 6)') }} as line_total,
        {{ stated(source_name, 'goods_total', 'decimal(18, 6)') }} as goods_total,
        {{ stated(source_name, 'goods_total_net', 'decimal(18, 6)') }} as goods_total_net
    from {{ landed(source_name, 'orders') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

accounts as (select * from {{ source('house', 'accounts') }}),

-- a cart that was left is no order, and what Amazon only ships for another shop is that shop's
placed as (
    select *
    from landed
    where
        coalesce(lower(trim(status)), '') <> 'never placed'
        and not (source = 'amazon' and coalesce(lower(sales_channel), '') like 'non-amazon%')
),

priced as (
    select
        *,
        coalesce(cast(line_total as decimal(38, 6)), {{ times('price', 'quantity') }}) as row_amount
    from placed
),

-- cells of the order stand on one of its rows only, or are repeated on each
counted as (
    select
        *,
        count(row_amount) over (partition by source, account, order_name) as priced_rows,
        count(*) over (partition by source, account, order_name) as order_rows,
        row_number() over (partition by source, account, order_name order by batch_id, landed_row) as order_row,
        max(order_total) over (partition by source, account, order_name) as total,
        max(goods_total) over (partition by source, account, order_name) as goods,
        max(goods_total_net) over (partition by source, account, order_name) as goods_net,
        coalesce(max(buyer_shipping) over (partition by source, account, order_name), 0) as shipping,
        coalesce(max(taxes) over (partition by source, account, order_name), 0) as order_taxes,
        coalesce(max(order_discount) over (partition by source, account, order_name), 0)
        + coalesce(sum(seller_discount) over (partition by source, account, order_name), 0) as discounts
    from priced
),

-- of an order whose rows have no amount its goods are its total less shipping, less the tax where prices hold none;
-- with its discounts, which are taken off them as of items
joined as (
    select
        counted.*,
        case
            when accounts.prices_include_vat
                then coalesce(counted.goods, counted.total - counted.shipping + counted.discounts)
            else coalesce(
                counted.goods_net,
                counted.goods,
                counted.total - counted.shipping - counted.order_taxes + counted.discounts
            )
        end as goods_of_order
    from counted
    inner join accounts on counted.source = accounts.source and counted.account = accounts.account
),

-- an order that states no amount yet (Amazon's pending ones) is not known, and comes with a later export
final as (
    select
        source,
        account,
        batch_id,
        landed_row,
        exported_at,
        order_name,
        email_hash,
        phone_hash,
        ordered_at,
        cancelled_at,
        status,
        delivery_state,
        -- a marketplace is where it sells
        case when source not in ('{{ marketplaces() | join("', '") }}') then sales_channel end as sales_channel,
        country,
        order_discount,
        order_total,
        buyer_shipping,
        taxes,
        refunded_amount,
        case when priced_rows > 0 or order_rows = 1 then sku end as sku,
        product,
        quantity,
        price,
        seller_discount,
        commission_fee,
        service_fee,
        payment_fee,
        shipping_fee,
        settled_amount,
        settled_on,
        case
            when priced_rows > 0 then row_amount
            when order_row = 1 then cast(goods_of_order as decimal(38, 6))
        end as amount
    from joined
    where priced_rows > 0 or goods_of_order is not null or {{ says_cancelled('status') }}
)

select * from final
