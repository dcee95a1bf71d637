{# How Spark builds tables where dbt-spark's own way does not do. DuckDB calls none of these. #}


{# A contract's `varchar` is a string of any length. #}
{% macro spark__cast(field, type) %}cast({{ field }} as {{ 'string' if type == 'varchar' else type }}){% endmacro %}


{# Parquet holds no constraints, and without a format dbt-spark takes a table for Delta's. The data tests say the same. #}
{% macro spark__persist_constraints(relation, model) -%}
    {%- if config.get('file_format') == 'delta' -%}
        {{ return(dbt.spark__persist_constraints(relation, model)) }}
    {%- endif -%}
{%- endmacro %}
