-- Grain: one item row of an order of a source whose files share the mapped shape.
{{ config(materialized='view') }}

with

orders as (
    {% for model in mapped_order_models() %}
    select * from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

sales_channels as (select * from {{ ref('int_sales_channels') }}),

-- on which marketplace it was sold: the source itself, or the one that a shop system names
final as (
    select
        orders.*,
        coalesce(sales_channels.sales_place, 'online') as sales_place,
        case
            when orders.source in ('{{ marketplaces() | join("', '") }}') then orders.source
            else sales_channels.marketplace
        end as marketplace
    from orders
    left join sales_channels on {{ sales_channel_name('orders.sales_channel') }} = sales_channels.sales_channel
)

select * from final
