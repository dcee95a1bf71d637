{# The channel or market of a plan row; null where the row is for all of them (empty or `all`). #}
{% macro plan_scope(column, letter_case) -%}
    case when lower(trim({{ column }})) not in ('', 'all') then {{ letter_case }}(trim({{ column }})) end
{%- endmacro %}
