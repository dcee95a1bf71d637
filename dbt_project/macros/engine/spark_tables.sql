{# How Spark builds tables where dbt-spark's own way does not do. DuckDB calls none of these. #}


{# A model with `config: meta: in_steps: true` is built CTE by CTE. Spark computes a CTE anew wherever it is read,
   and plans it as often: twelve rounds that each read the one before several times would never be planned. So
   every CTE that is read more than once becomes a table of its own, which is dropped in the end. #}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if config.get('meta', {}).get('in_steps') and not temporary -%}
        {{ return(build_in_steps(relation, compiled_code)) }}
    {%- endif -%}
    {{ return(dbt.spark__create_table_as(temporary, relation, compiled_code, language)) }}
{%- endmacro %}


{# The steps run here; what is returned is left to run. #}
{% macro build_in_steps(relation, compiled_code) -%}
    {%- set parts = parts_of(compiled_code) -%}
    {%- set tables = [] -%}
    {%- for name, query in parts.ctes -%}
        {%- set uses = modules.re.findall('\\b(?:from|join)\\s+' ~ name ~ '\\b', compiled_code) | length -%}
        {%- if uses > 1 -%}
            {%- set table = relation.incorporate(path={'identifier': relation.identifier ~ '__' ~ name}) -%}
            {%- do tables.append(table) -%}
            {%- do run_query('drop table if exists ' ~ table) -%}
            {%- do run_query('create table ' ~ table ~ ' using parquet as ' ~ query) -%}
            {%- set query = 'select * from ' ~ table -%}
        {%- endif -%}
        {%- do run_query('create or replace temporary view ' ~ name ~ ' as ' ~ query) -%}
    {%- endfor -%}
    {%- do run_query(dbt.spark__create_table_as(False, relation, parts.final)) -%}
    {%- for name, _ in parts.ctes -%}
        {%- do run_query('drop view if exists ' ~ name) -%}
    {%- endfor -%}
    {%- for table in tables -%}
        {%- do run_query('drop table ' ~ table) -%}
    {%- endfor -%}
    {{ return('refresh table ' ~ relation) }}
{%- endmacro %}


{# The CTEs of a model and its last select. It must be laid out as the house lays out SQL: a CTE begins at a line's
   begin and ends in that line, or with a parenthesis that begins one. #}
{% macro parts_of(compiled_code) -%}
    {%- set code = modules.re.sub('(?m)^\\s*--.*$', '', compiled_code) -%}
    {%- set cte = '(?ms)^(\\w+) as \\((?:([^\\n]+)|\\n(.*?)\\n)\\),?$' -%}
    {%- set final = modules.re.sub(cte, '', code).strip() -%}
    {%- if not modules.re.fullmatch('with\\s+select \\* from \\w+', final) -%}
        {%- do exceptions.raise_compiler_error('these CTEs are not laid out to be built in steps, over is: ' ~ final) -%}
    {%- endif -%}
    {%- set ctes = [] -%}
    {%- for name, line, lines in modules.re.findall(cte, code) -%}
        {%- do ctes.append((name, line or lines)) -%}
    {%- endfor -%}
    {{ return({'ctes': ctes, 'final': final[4:].strip()}) }}
{%- endmacro %}


{# A contract's `varchar` is a string of any length. #}
{% macro spark__cast(field, type) %}cast({{ field }} as {{ 'string' if type == 'varchar' else type }}){% endmacro %}


{# Parquet holds no constraints, and without a format dbt-spark takes a table for Delta's. The data tests say the same. #}
{% macro spark__persist_constraints(relation, model) -%}
    {%- if config.get('file_format') == 'delta' -%}
        {{ return(dbt.spark__persist_constraints(relation, model)) }}
    {%- endif -%}
{%- endmacro %}
