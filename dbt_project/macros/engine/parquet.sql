{# Rows of Parquet files as a subquery with exactly these (name, type) columns: a column that a file does
   not have is null, one that it has besides is left out. #}

{% macro parquet_rows(paths, columns) %}{{ return(adapter.dispatch('parquet_rows')(paths, columns)) }}{% endmacro %}

{# A table over the files themselves, made once: a view, as staging's are, outlives what a session alone knows. #}
{% macro spark__parquet_rows(paths, columns) %}
    {%- set typed = [] -%}
    {%- for name, type in columns -%}
        {%- do typed.append(name ~ ' ' ~ spark_type(type)) -%}
    {%- endfor -%}
    {%- set escaped = [] -%}
    {%- for path in paths -%}
        {%- if modules.re.search('[][{}\\\\]', path) -%}
            {{ exceptions.raise_compiler_error(
                path ~ ": Spark cannot name this file among others; keep the home in a folder without [, ], {, } and \\"
            ) }}
        {%- endif -%}
        {#- Spark reads these signs in a path as patterns, and a backslash in SQL's text as an escape -#}
        {%- do escaped.append(modules.re.sub('([,*?])', '\\\\\\\\\\1', path[1:]) | replace("'", "\\'")) -%}
    {%- endfor -%}
    {%- set files = '/{' ~ escaped | join(',') ~ '}' -%}
    {%- set relation = 'landed.rows_' ~ local_md5(files ~ typed | join(',')) -%}
    {%- do run_query('create schema if not exists landed') -%}
    {%- do run_query(
        'create table if not exists ' ~ relation ~ ' (' ~ typed | join(', ') ~ ') using parquet options (path \'' ~ files ~ '\')'
    ) -%}
    {{ return(relation) }}
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
