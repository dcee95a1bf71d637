-- Grain: one item row of an order of a source whose files share the mapped shape.
{{ config(materialized='view') }}

with

{% set mapped_sources = ['shopee', 'tiktok_shop', 'lazada', 'haravan', 'sapo'] -%}
orders as (
    {% for mapped_source in mapped_sources %}
    select * from {{ ref('stg_' ~ mapped_source ~ '__orders') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- on which marketplace it was sold: the source itself, or the one that a shop system names
final as (
    select
        *,
        case
            when source in ('shopee', 'tiktok_shop', 'lazada') then source
            else {{ marketplace_named('sales_channel') }}
        end as marketplace
    from orders
)

select * from final
