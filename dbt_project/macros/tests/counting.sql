{# Rows that a reconciliation counts: of a landed table (`landed`: source and table) or of a relation (`of`) those that
   meet `where`, with their source and account, and with a `key` (a list of columns) where equal keys are one row. #}
{% macro rows_that_count(part, account='account') -%}
    select
        {{ "'" ~ part.landed[0] ~ "' as source" if part.landed else 'source' }},
        {{ account }} as account
        {{- ', ' ~ key_of(part.key) ~ ' as row_key' if part.key }}
    from {{ landed(part.landed[0], part.landed[1]) ~ ' as landed_rows' if part.landed else part.of }}
    {{- ' where ' ~ part.where if part.where }}
{%- endmacro %}
