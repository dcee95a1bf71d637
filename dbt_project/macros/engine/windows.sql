{# The last value that is not null among the rows before this one, in a window with these keys and order. #}

{% macro last_known(value, partition_by, order_by) -%}
    {{ return(adapter.dispatch('last_known')(value, partition_by, order_by)) }}
{%- endmacro %}

{% macro default__last_known(value, partition_by, order_by) -%}
    last_value({{ value }}, true) over (
        partition by {{ partition_by }} order by {{ order_by }} rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}

{% macro duckdb__last_known(value, partition_by, order_by) -%}
    last_value({{ value }} ignore nulls) over (
        partition by {{ partition_by }} order by {{ order_by }} rows between unbounded preceding and 1 preceding
    )
{%- endmacro %}
