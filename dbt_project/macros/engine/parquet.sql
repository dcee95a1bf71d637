{# Rows of Parquet files as a subquery with exactly these (name, type) columns: a column that a file does
   not have is null, one that it has besides is left out. #}

{% macro parquet_rows(paths, columns) %}{{ return(adapter.dispatch('parquet_rows')(paths, columns)) }}{% endmacro %}

{% macro default__parquet_rows(paths, columns) %}
    {%- set parts = [] -%}
    {%- for path in paths -%}
        {%- set file = 'parquet.`' ~ path ~ '`' -%}
        {%- set own = run_query('select * from ' ~ file ~ ' limit 0').column_names | map('lower') | list -%}
        {%- set cells = [] -%}
        {%- for name, type in columns -%}
            {%- do cells.append(name if name | lower in own else dbt.cast('null', type) ~ ' as ' ~ name) -%}
        {%- endfor -%}
        {%- do parts.append('select ' ~ cells | join(', ') ~ ' from ' ~ file) -%}
    {%- endfor -%}
    {{ return('(' ~ parts | join(' union all ') ~ ')') }}
{% endmacro %}

{% macro duckdb__parquet_rows(paths, columns) %}
    {%- set quoted = [] -%}
    {%- for path in paths -%}
        {#- DuckDB reads these signs in a path as patterns -#}
        {%- set exact = path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') -%}
        {%- do quoted.append("'" ~ exact | replace("'", "''") ~ "'") -%}
    {%- endfor -%}
    {{ return(
        '(select ' ~ columns | map(attribute=0) | join(', ') ~ ' from (select * from '
        ~ typed_empty(columns) ~ ' union all by name select * from read_parquet(['
        ~ quoted | join(', ') ~ '], union_by_name = true, hive_partitioning = false)))'
    ) }}
{% endmacro %}
