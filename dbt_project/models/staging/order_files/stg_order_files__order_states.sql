-- Grain: one order as one export showed it: a cancellation, a refusal or a refund may have no moment of its own.
{% for source_name in order_files() %}
-- depends_on: {{ source(source_name, 'orders') }}
{% endfor %}

with

final as (
    {% for source_name in order_files() %}
    select
        {{ mapped_state_cells(source_name) }}
    from {{ landed_states(source_name, 'orders') }}
    group by account, _entity, exported_at
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
