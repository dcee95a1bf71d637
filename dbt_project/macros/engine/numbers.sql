{# The whole number nearest to a double, of two equally near ones the even one: Spark's cast drops the fraction. #}

{% macro to_nearest(value) %}{{ return(adapter.dispatch('to_nearest')(value)) }}{% endmacro %}

{% macro default__to_nearest(value) %}cast(rint({{ value }}) as bigint){% endmacro %}

{% macro duckdb__to_nearest(value) %}cast({{ value }} as bigint){% endmacro %}
