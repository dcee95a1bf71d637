-- Orders whose status or parcel's state is near to one that ends an order (cancelled, not delivered) and is none of
-- those that raceway knows by their whole text: they count as they stand. Say what the text means, or let it be.
{{ config(severity='warn') }}
{% set orders = {
    'kiotviet': ['stg_kiotviet__invoices', 'status', none],
    'woocommerce': ['stg_woocommerce__order_states', 'status', none],
} %}
{% for model in mapped_order_models() %}
{% do orders.update({model: [model, 'status', 'delivery_state']}) %}
{% endfor %}
with

texts as (
    {% for name, (model, status, delivery) in orders.items() %}
    select
        source,
        account,
        {{ status }} as status,
        {{ delivery or 'cast(null as string)' }} as delivery_state
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    source,
    account,
    status,
    delivery_state,
    count(*) as rows_found
from texts
where
    (({{ may_end_an_order('status') }}) or ({{ may_end_an_order('delivery_state') }}))
    and not {{ says_cancelled('status') }}
    and not {{ says_undelivered('status', 'delivery_state') }}
group by source, account, status, delivery_state
