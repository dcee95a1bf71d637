{# How Spark builds tables where dbt-spark's own way does not do. DuckDB calls none of these. #}


{# A contract's `varchar` is a string of any length. #}
{% macro spark__cast(field, type) %}cast({{ field }} as {{ spark_type(type) }}){% endmacro %}

{% macro spark_type(type) %}{{ return('string' if type == 'varchar' else type) }}{% endmacro %}


{# Parquet holds no constraints, and without a format dbt-spark takes a table for Delta's. The data tests say the same. #}
{% macro spark__persist_constraints(relation, model) -%}
    {%- if config.get('file_format') == 'delta' -%}
        {{ return(dbt.spark__persist_constraints(relation, model)) }}
    {%- endif -%}
{%- endmacro %}


{# A seed's table and its rows: dbt-spark's own takes `varchar` as it stands, an empty cell for the word None, and cannot
   write a quote or a backslash. #}
{% macro spark__create_csv_table(model, agate_table) %}
    {%- set columns = [] -%}
    {%- for name, type in seed_columns(model, agate_table) -%}
        {%- do columns.append(adapter.quote(name) ~ ' ' ~ type) -%}
    {%- endfor -%}
    {%- set sql = 'create table ' ~ this ~ ' (' ~ columns | join(', ') ~ ')' -%}
    {% call statement('_') -%}{{ sql }}{%- endcall %}
    {{ return(sql) }}
{% endmacro %}

{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set columns = seed_columns(model, agate_table) -%}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set cells = [] -%}
        {%- for value in row -%}
            {%- do cells.append('null' if value is none else spark_text(value)) -%}
        {%- endfor -%}
        {%- do rows.append('(' ~ cells | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- set typed = [] -%}
    {%- for name, type in columns -%}
        {%- do typed.append('cast(col' ~ loop.index ~ ' as ' ~ type ~ ')') -%}
    {%- endfor -%}
    {%- set sql = 'insert into ' ~ this ~ ' select ' ~ typed | join(', ') ~ ' from values ' ~ rows | join(', ') -%}
    {% call statement('_') -%}{{ sql }}{%- endcall %}
    {{ return(sql) }}
{% endmacro %}

{# The (name, type) columns of a seed. #}
{% macro seed_columns(model, agate_table) %}
    {%- set stated = model['config'].get('column_types', {}) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- set type = stated.get(name) or adapter.convert_type(agate_table, loop.index0) -%}
        {%- do columns.append((name, spark_type(type))) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}

{# A value as a literal text of SQL, in which Spark takes a backslash for an escape. #}
{% macro spark_text(value) %}
    {{ return("'" ~ value | string | replace('\\', '\\\\') | replace("'", "\\'") ~ "'") }}
{% endmacro %}
