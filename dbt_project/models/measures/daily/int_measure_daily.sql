-- Grain: one row per additive measure × day × channel × market with a value other than 0.
{{ config(materialized='view') }}

with

final as (
    {% for stage in var('race_stages') %}
    select measure, day, channel, market, value from {{ ref('int_' ~ stage ~ '_measures') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
