{# What stays as it is since nothing that it is made from has changed: raceway/build/kept.py has the rules, and stands in
   dbt's `graph` while the night builds. Where it does not (another engine, dbt called by hand) all is made each time. #}

{# Notes that the model at hand reads a landed table. #}
{% macro reads_landed(source_name, table_name) -%}
    {%- if graph.get('kept') -%}{%- do graph['kept'].reads_landed(this.identifier, source_name, table_name) -%}{%- endif -%}
{%- endmacro %}


{# What the model at hand is made from; none where it is made each time. #}
{% macro made_from_now(with_places=false) -%}
    {{ return(graph['kept'].made_from(model, compiled_code or '', with_places) if graph.get('kept') else none) }}
{%- endmacro %}


{# Whether the table of the model at hand is what it would be if it were made now. #}
{% macro stays(made) -%}
    {{ return(made is not none and load_cached_relation(this) is not none and graph['kept'].stays(model, made)) }}
{%- endmacro %}


{# Says so to dbt: no statement runs. #}
{% macro left_as_it_is() -%}
    {% call noop_statement('main', 'KEPT', 'KEPT') %}{% endcall %}
{%- endmacro %}


{# After a table was made, in its transaction: what it was made from and what it holds. #}
{% macro keep_digest(made) -%}
    {%- set content = none -%}
    {%- if made is not none -%}
        {%- set content = run_query("select concat_ws(':', count(*), sum(hash(*columns(*)))) from " ~ this).rows[0][0] -%}
    {%- endif -%}
    {%- do keep_content(made, content) -%}
{%- endmacro %}


{% macro keep_content(made, content) -%}
    {%- if made is not none -%}
        {% call statement('keep_content') -%}
            delete from kept.models where model = '{{ this.identifier }}';
            insert into kept.models values (
                '{{ this.identifier }}', [{% for name in made.inputs %}'{{ name }}'{{ ', ' if not loop.last }}{% endfor %}]::varchar[],
                '{{ made.made_from }}', '{{ content }}'
            )
        {%- endcall %}
        {%- do graph['kept'].is_made(this.identifier, made, content) -%}
    {%- else -%}
        {#- dbt was called by hand: the night knows no more what this table is made from -#}
        {%- set known = run_query("select 1 from duckdb_tables() where schema_name = 'kept' and table_name = 'models'") -%}
        {%- if known.rows | length > 0 -%}
            {%- do run_query("delete from kept.models where model = '" ~ this.identifier ~ "'") -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{# A test that was asked of the same before, and found no row, finds none. #}
{% materialization test, adapter='duckdb' %}
    {%- set asked = made_from_now() -%}
    {%- if asked is not none and graph['kept'].has_passed(model.name, asked) -%}
        {% call statement('main', fetch_result=True) -%}
            select 0 as failures, false as should_warn, false as should_error
        {%- endcall %}
        {{ return({'relations': []}) }}
    {%- endif -%}
    {%- set tested = dbt.materialization_test_default() -%}
    {%- if asked is not none -%}
        {%- do graph['kept'].is_answered(model.name, asked, load_result('main')['table'].rows[0][0] | int) -%}
    {%- endif -%}
    {{ return(tested) }}
{% endmaterialization %}
