{# The staging models of sources that share one shape of orders: shopee, lazada, tiktok_shop, haravan, sapo. #}

{# One item row of an order, as the newest export of the order shows it. #}
{% macro mapped_orders(source_name) %}
with

landed as (select * from {{ landed(source_name, 'orders') }}),

final as (
    select
        '{{ source_name }}' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        _exported_at as exported_at,

        ---------- ids: some exports end them with a tab, so that Excel leaves them alone
        trim(replace(order_name, chr(9), '')) as order_name,
        {{ 'email_hash' if with_buyer(source_name) else 'cast(null as varchar) as email_hash' }},
        {{ 'phone_hash' if with_buyer(source_name) else 'cast(null as varchar) as phone_hash' }},

        ---------- the order
        ordered_at,
        cancelled_at,
        status,
        delivery_state,
        {{ 'sales_channel' if with_buyer(source_name) else 'cast(null as varchar) as sales_channel' }},
        country,
        -- a discount is one whatever its sign: Lazada writes it below zero
        abs(order_discount) as order_discount,
        order_total,
        {{ 'buyer_shipping' if states_tax(source_name) else 'cast(null as decimal(18, 6)) as buyer_shipping' }},
        {{ 'taxes' if states_tax(source_name) else 'cast(null as decimal(18, 6)) as taxes' }},
        refunded_amount,

        ---------- the row
        sku,
        product,
        quantity,
        price,
        abs(seller_discount) as seller_discount,

        ---------- what the platform keeps and pays; a fee is a fee whatever its sign
        abs(commission_fee) as commission_fee,
        abs(service_fee) as service_fee,
        abs(payment_fee) as payment_fee,
        abs(shipping_fee) as shipping_fee,
        settled_amount,
        settled_on
    from landed
)

select * from final
{% endmacro %}

{# One order as one export showed it. #}
{% macro mapped_order_states(source_name) %}
with

landed as (select * from {{ landed_states(source_name, 'orders') }}),

-- cells of the order may stand on its first row only
final as (
    select
        '{{ source_name }}' as source,
        account,
        trim(replace(_entity, chr(9), '')) as order_name,
        exported_at,
        max(status) as status,
        max(delivery_state) as delivery_state,
        max(refunded_amount) as refunded_amount
    from landed
    group by account, _entity, exported_at
)

select * from final
{% endmacro %}

{# Whether a source's orders name their buyer: marketplaces mask them, shop systems do not. #}
{% macro with_buyer(source_name) %}{{ return(source_name in ('haravan', 'sapo')) }}{% endmacro %}

{# Whether a source's orders have cells for their tax and for the shipping that the buyer pays. #}
{% macro states_tax(source_name) %}{{ return(source_name in ('haravan', 'sapo', 'tiktok_shop')) }}{% endmacro %}
