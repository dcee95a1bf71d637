{# How DuckDB builds tables and views: in one transaction the old one goes and the new one comes, so a model that fails
   leaves the old one. dbt's own way builds beside it, renames twice and asks the catalogue before each step, which takes
   longer than most models. Hooks, grants and indexes, which the house does not use, are left out. Spark has dbt's own. #}

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target = this.incorporate(type='table') -%}
    {%- if model['language'] == 'python' -%}
        {# a Python model has a transaction of its own: it is built beside and put in place #}
        {%- set beside = make_intermediate_relation(target) -%}
        {%- do drop_relation_if_exists(load_cached_relation(beside)) -%}
        {% call statement('main', language='python') -%}
            {{ create_table_as(False, beside, compiled_code, 'python') }}
        {%- endcall %}
        {% call statement('put_in_place') -%}
            {{ dropped(this) }} alter table {{ beside }} rename to {{ adapter.quote(this.identifier) }}
        {%- endcall %}
    {%- else -%}
        {% call statement('main') -%}
            {{ dropped(this) }} {{ create_table_as(False, target, compiled_code) }}
        {%- endcall %}
    {%- endif -%}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {% call statement('main') -%}
        {{ dropped(this) }} {{ get_create_view_as_sql(target, sql) }}
    {%- endcall %}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{# A statement that drops what stands under a name, whatever it is. #}
{% macro dropped(relation) -%}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing is not none -%}drop {{ existing.type }} if exists {{ existing }};{%- endif -%}
{%- endmacro %}
