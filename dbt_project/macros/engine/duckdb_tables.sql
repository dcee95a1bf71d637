{# How DuckDB builds tables and views: in one transaction the old one goes and the new one comes, so a model that fails
   leaves the old one. dbt's own way builds beside it, renames twice and asks the catalogue before each step, which takes
   longer than most models. Hooks, grants and indexes, which the house does not use, are left out. Spark has dbt's own.
   What is made from the same as before stays as it is (kept_models.sql). #}

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set made_from = made_from_now() -%}
    {%- if stays(made_from) -%}
        {{ left_as_it_is() }}
        {{ return({'relations': [target]}) }}
    {%- elif model['language'] == 'python' -%}
        {# a Python model has a transaction of its own: it is built beside and put in place #}
        {%- set beside = make_intermediate_relation(target) -%}
        {%- do drop_relation_if_exists(load_cached_relation(beside)) -%}
        {% call statement('main', language='python') -%}
            {{ create_table_as(False, beside, compiled_code, 'python') }}
        {%- endcall %}
        {% call statement('put_in_place') -%}
            {{ dropped(this) }} alter table {{ beside }} rename to {{ adapter.quote(this.identifier) }}
        {%- endcall %}
        {%- do keep_digest(made_from) -%}
    {%- else -%}
        {% call statement('main') -%}
            {{ dropped(this) }} {{ create_table_as(False, target, compiled_code) }}
        {%- endcall %}
        {%- do keep_digest(made_from) -%}
    {%- endif -%}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {%- set made_from = made_from_now() -%}
    {#- a view names the files that it reads, and they may lie elsewhere now; what reads it is made anew only where its
        rows may differ -#}
    {%- set made_as = made_from_now(with_places=true) -%}
    {%- if stays(made_as) -%}
        {{ left_as_it_is() }}
    {%- else -%}
        {% call statement('main') -%}
            {{ dropped(this) }} {{ get_create_view_as_sql(target, sql) }}
        {%- endcall %}
        {%- do keep_content(made_as, made_from.made_from if made_from is not none else none) -%}
        {% do adapter.commit() %}
    {%- endif -%}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{# Of the strategies there is one: macros/recount.sql. #}
{% materialization incremental, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set made_from = made_from_now() -%}
    {%- if stays(made_from) -%}
        {{ left_as_it_is() }}
    {%- elif is_incremental() -%}
        {%- set recounted = make_temp_relation(target).include(database=false, schema=false) -%}
        {% call statement('recounted') -%}
            {{ create_table_as(True, recounted, compiled_code) }}
        {%- endcall %}
        {% call statement('main') -%}
            {{ get_incremental_recount_sql({
                'target_relation': target, 'temp_relation': recounted, 'unique_key': config.get('unique_key'),
                'dest_columns': adapter.get_columns_in_relation(target)
            }) }};
            drop table {{ recounted }}
        {%- endcall %}
        {%- do keep_digest(made_from) -%}
    {%- else -%}
        {% call statement('main') -%}
            {{ dropped(this) }} {{ create_table_as(False, target, compiled_code) }}
        {%- endcall %}
        {%- do keep_digest(made_from) -%}
    {%- endif -%}
    {% do adapter.commit() %}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{# A seed's file is the program's, and another program begins with an empty warehouse: it is loaded once. #}
{% materialization seed, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set made_from = made_from_now() -%}
    {%- if stays(made_from) -%}
        {%- do store_raw_result('agate_table', message='KEPT', code='KEPT') -%}
        {{ left_as_it_is() }}
    {%- else -%}
        {%- set rows = load_agate_table() -%}
        {%- do store_result('agate_table', response='OK', agate_table=rows) -%}
        {% call statement('dropped') -%}{{ dropped(this) or 'select 1' }}{%- endcall %}
        {%- set created = create_csv_table(model, rows) -%}
        {%- set loaded = load_csv_rows(model, rows) if rows.rows | length > 0 else '' -%}
        {% call noop_statement('main', 'INSERT ' ~ rows.rows | length, 'INSERT', rows.rows | length) %}
            {{ get_csv_sql(created, loaded) }};
        {% endcall %}
        {%- do keep_digest(made_from) -%}
    {%- endif -%}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{# A statement that drops what stands under a name, whatever it is. #}
{% macro dropped(relation) -%}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing is not none -%}drop {{ existing.type }} if exists {{ existing }};{%- endif -%}
{%- endmacro %}
