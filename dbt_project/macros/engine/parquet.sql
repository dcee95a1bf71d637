{# Rows of Parquet files as a subquery with exactly these (name, type) columns: a column that a file does
   not have is null, one that it has besides is left out. #}

{% macro parquet_rows(paths, columns) %}{{ return(adapter.dispatch('parquet_rows')(paths, columns)) }}{% endmacro %}

{% macro default__parquet_rows(paths, columns) %}
    {%- set quoted = [] -%}
    {%- for path in paths -%}
        {%- do quoted.append("select * from parquet.`" ~ path ~ "`") -%}
    {%- endfor -%}
    {{ return('(' ~ quoted | join(' union all ') ~ ')') }}
{% endmacro %}

{% macro duckdb__parquet_rows(paths, columns) %}
    {%- set quoted = [] -%}
    {%- for path in paths -%}
        {%- do quoted.append("'" ~ path | replace("'", "''") ~ "'") -%}
    {%- endfor -%}
    {{ return(
        '(select ' ~ columns | map(attribute=0) | join(', ') ~ ' from (select * from '
        ~ typed_empty(columns) ~ ' union all by name select * from read_parquet(['
        ~ quoted | join(', ') ~ '], union_by_name = true)))'
    ) }}
{% endmacro %}
