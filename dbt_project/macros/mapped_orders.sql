{# The staging models of sources that share one shape of orders. #}

{# Sources whose orders come item by item at a price, each with staging models of its own. #}
{% macro mapped_sources() %}{{ return(['shopee', 'tiktok_shop', 'lazada', 'haravan', 'sapo']) }}{% endmacro %}

{# Sources whose exports state what they happen to state (items or orders alone, amounts of rows or of the whole): they
   have one staging model together, stg_order_files__orders. A new one is its contract and a name here. #}
{% macro order_files() %}
    {{ return(['orders_file', 'amazon', 'bigcommerce', 'magento', 'prestashop', 'nhanh_vn']) }}
{% endmacro %}

{# Sources that are a marketplace themselves. #}
{% macro marketplaces() %}{{ return(['shopee', 'tiktok_shop', 'lazada', 'amazon']) }}{% endmacro %}

{# The staging models that hold orders of this shape. #}
{% macro mapped_order_models() %}
    {%- set models = [] -%}
    {%- for source_name in mapped_sources() -%}
        {%- do models.append('stg_' ~ source_name ~ '__orders') -%}
    {%- endfor -%}
    {{ return(models + ['stg_order_files__orders']) }}
{% endmacro %}

{# A landed column where the source's contract has it, else an empty one: what a source tells stands in its contract
   alone. #}
{% macro stated(source_name, column, data_type='varchar', table_name='orders') %}
    {%- if not execute or column in contract_of(source_name, table_name).columns -%}
        {{ return(column) }}
    {%- endif -%}
    {{ return(dbt.cast('null', data_type)) }}
{% endmacro %}

{# The cells of an item row in the shape of all mapped orders. #}
{% macro mapped_cells(source_name) -%}
        '{{ source_name }}' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        _exported_at as exported_at,

        ---------- ids: some exports end them with a tab, so that Excel leaves them alone
        trim(replace(order_name, chr(9), '')) as order_name,
        {{ stated(source_name, 'email_hash') }} as email_hash,
        {{ stated(source_name, 'phone_hash') }} as phone_hash,

        ---------- the order
        ordered_at,
        {{ stated(source_name, 'cancelled_at', 'timestamp') }} as cancelled_at,
        {{ stated(source_name, 'status') }} as status,
        {{ stated(source_name, 'delivery_state') }} as delivery_state,
        {{ stated(source_name, 'sales_channel') }} as sales_channel,
        {{ stated(source_name, 'country') }} as country,
        -- a discount is one whatever its sign: Lazada writes it below zero
        abs({{ stated(source_name, 'order_discount', 'decimal(18, 6)') }}) as order_discount,
        {{ stated(source_name, 'order_total', 'decimal(18, 6)') }} as order_total,
        {{ stated(source_name, 'buyer_shipping', 'decimal(18, 6)') }} as buyer_shipping,
        {{ stated(source_name, 'taxes', 'decimal(18, 6)') }} as taxes,
        {{ stated(source_name, 'refunded_amount', 'decimal(18, 6)') }} as refunded_amount,

        ---------- the row
        {{ stated(source_name, 'sku') }} as sku,
        {{ stated(source_name, 'product') }} as product,
        {{ stated(source_name, 'quantity', 'bigint') }} as quantity,
        {{ stated(source_name, 'price', 'decimal(18, 6)') }} as price,
        abs({{ stated(source_name, 'seller_discount', 'decimal(18, 6)') }}) as seller_discount,

        ---------- what the platform keeps and pays; a fee is a fee whatever its sign
        abs({{ stated(source_name, 'commission_fee', 'decimal(18, 6)') }}) as commission_fee,
        abs({{ stated(source_name, 'service_fee', 'decimal(18, 6)') }}) as service_fee,
        abs({{ stated(source_name, 'payment_fee', 'decimal(18, 6)') }}) as payment_fee,
        abs({{ stated(source_name, 'shipping_fee', 'decimal(18, 6)') }}) as shipping_fee,
        {{ stated(source_name, 'settled_amount', 'decimal(18, 6)') }} as settled_amount,
        {{ stated(source_name, 'settled_on', 'date') }} as settled_on
{%- endmacro %}

{# One item row of an order, as the newest export of the order shows it. #}
{% macro mapped_orders(source_name) %}
with

landed as (select * from {{ landed(source_name, 'orders') }}),

cells as (
    select
        {{ mapped_cells(source_name) }}
    from landed
),

final as (
    select
        *,
        {{ times('price', 'quantity') }} as amount
    from cells
)

select * from final
{% endmacro %}

{# The cells of one order as one export showed it; they may stand on its first row only. #}
{% macro mapped_state_cells(source_name) -%}
        '{{ source_name }}' as source,
        account,
        trim(replace(_entity, chr(9), '')) as order_name,
        exported_at,
        max({{ stated(source_name, 'status') }}) as status,
        max({{ stated(source_name, 'delivery_state') }}) as delivery_state,
        max({{ stated(source_name, 'refunded_amount', 'decimal(18, 6)') }}) as refunded_amount
{%- endmacro %}

{# One order as one export showed it. #}
{% macro mapped_order_states(source_name) %}
with

landed as (select * from {{ landed_states(source_name, 'orders') }}),

final as (
    select
        {{ mapped_state_cells(source_name) }}
    from landed
    group by account, _entity, exported_at
)

select * from final
{% endmacro %}
