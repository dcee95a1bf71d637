-- Grain: one order, by a source whose orders state the discount codes that buyers gave, as its newest export shows it.
{% set stated = ['shopify', 'haravan', 'sapo', 'woocommerce'] %}
-- depends_on: {{ source('shopify', 'orders') }}
-- depends_on: {{ source('haravan', 'orders') }}
-- depends_on: {{ source('sapo', 'orders') }}
-- depends_on: {{ source('woocommerce', 'orders') }}
with

{% for source_name in stated %}
{{ source_name }} as (select * from {{ landed(source_name, 'orders') }}),

{% endfor %}
-- cells of the order stand on its first row or on each
final as (
    {% for source_name in stated %}
    select
        '{{ source_name }}' as source,
        account,
        trim(replace(order_name, chr(9), '')) as order_name,
        max(discount_code) as discount_codes
    from {{ source_name }}
    where trim(discount_code) <> ''
    group by account, trim(replace(order_name, chr(9), ''))
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
