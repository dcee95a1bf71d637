-- Grain: one order, by a source whose orders state why they were cancelled, given back or not accepted, as the newest
-- export of the order shows it. What a source states: its column, and what that tells of.
{% set stated = {
    'shopee': {'cancel_reason': 'cancel'},
    'tiktok_shop': {'cancel_reason': 'cancel'},
    'lazada': {'delivery_failure_reason': 'refusal'},
    'haravan': {'cancel_reason': 'cancel'},
    'sapo': {'cancel_reason': 'cancel'},
} %}
-- depends_on: {{ source('shopee', 'orders') }}
-- depends_on: {{ source('tiktok_shop', 'orders') }}
-- depends_on: {{ source('lazada', 'orders') }}
-- depends_on: {{ source('haravan', 'orders') }}
-- depends_on: {{ source('sapo', 'orders') }}
with

{% for source_name in stated %}
{{ source_name }} as (select * from {{ landed(source_name, 'orders') }}),

{% endfor %}
-- cells of the order stand on its first row or on each
final as (
    {% for source_name, columns in stated.items() %}
    {% set outer = loop %}
    {% for column, what in columns.items() %}
    select
        '{{ source_name }}' as source,
        account,
        trim(replace(order_name, chr(9), '')) as order_name,
        '{{ what }}' as what,
        nullif(trim(max({{ column }})), '') as reason_text
    from {{ source_name }}
    group by account, trim(replace(order_name, chr(9), ''))
    {% if not (loop.last and outer.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}
)

select * from final
