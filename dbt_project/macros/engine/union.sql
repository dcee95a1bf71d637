{# The rows of some relations as a query with exactly these (name, type) columns, matched by name: one that a relation
   does not have is null there. An unknown one is left out. #}

{% macro union_by_name(relations, columns) %}{{ return(adapter.dispatch('union_by_name')(relations, columns)) }}{% endmacro %}

{# Each relation must stand on its own here: Spark is asked for its columns. #}
{% macro default__union_by_name(relations, columns) %}
    {%- for relation in relations -%}
        {%- set own = [] -%}
        {%- for column in (adapter.get_columns_in_relation(relation) if execute else []) -%}
            {%- do own.append(column.name | lower) -%}
        {%- endfor -%}
        {%- set cells = [] -%}
        {%- for name, type in columns -%}
            {%- do cells.append(name if name in own else dbt.cast('null', type) ~ ' as ' ~ name) -%}
        {%- endfor -%}
        select {{ cells | join(', ') }} from {{ relation }}
        {%- if not loop.last %} union all {% endif -%}
    {%- endfor -%}
{% endmacro %}

{% macro duckdb__union_by_name(relations, columns) %}
    {%- set cells = columns | map(attribute=0) | join(', ') -%}
    select {{ cells }} from (
        select * from {{ typed_empty(columns) }}
        {%- for relation in relations %}
        union all by name
        select * from {{ relation }}
        {%- endfor %}
    )
{%- endmacro %}
