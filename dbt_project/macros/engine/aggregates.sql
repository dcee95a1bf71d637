{# In a grouped select: the known value of the row whose `place` is the greatest. DuckDB looks at no row without one. #}

{% macro at_greatest(value, place) %}{{ return(adapter.dispatch('at_greatest')(value, place)) }}{% endmacro %}

{% macro default__at_greatest(value, place) -%}
    max_by({{ value }}, case when {{ value }} is not null then {{ place }} end)
{%- endmacro %}

{% macro duckdb__at_greatest(value, place) %}max_by({{ value }}, {{ place }}){% endmacro %}
