{# How Spark builds tables where dbt-spark's own way does not do. DuckDB calls none of these. #}


{# A model with `in_steps` in its meta is built CTE by CTE. Spark computes a CTE anew wherever it is read,
   and plans it as often: twelve rounds that each read the one before several times would never be planned. So
   every CTE that is read more than once becomes a table, in a schema that lives as long as the building. #}

{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if config.get('meta', {}).get('in_steps') and not temporary -%}
        {{ return(build_in_steps(relation, compiled_code)) }}
    {%- endif -%}
    {{ return(dbt.spark__create_table_as(temporary, relation, compiled_code, language)) }}
{%- endmacro %}


{# The steps run here; what is returned is left to run. In the schema of the steps a CTE is found by its own name. #}
{% macro build_in_steps(relation, compiled_code) -%}
    {%- set parts = parts_of(compiled_code) -%}
    {%- set steps = relation.schema ~ '__' ~ relation.identifier -%}
    {%- set empty = [] -%}
    {%- do run_query('drop schema if exists ' ~ steps ~ ' cascade') -%}
    {%- do run_query('create schema ' ~ steps) -%}
    {%- do run_query('use ' ~ steps) -%}
    {%- for name, query in parts.ctes -%}
        {%- set reads = modules.re.findall('\\b(?:from|join)\\s+(\\w+)', query) -%}
        {%- if empty | select('in', reads) | list and is_known_to_be_empty(query) -%}
            {%- do empty.append(name) -%}
            {%- do run_query('create view ' ~ name ~ ' as ' ~ no_rows_of(query)) -%}
        {%- elif modules.re.findall('\\b(?:from|join)\\s+' ~ name ~ '\\b', compiled_code) | length == 1 -%}
            {%- do run_query('create view ' ~ name ~ ' as ' ~ query) -%}
        {%- else -%}
            {%- do run_query('create table ' ~ name ~ ' using parquet as ' ~ query) -%}
            {%- if not run_query('select 1 from ' ~ name ~ ' limit 1').rows -%}
                {%- do empty.append(name) -%}
                {%- do run_query('alter table ' ~ name ~ ' rename to no_' ~ name) -%}
                {%- do run_query('create view ' ~ name ~ ' as ' ~ no_rows_of('select * from no_' ~ name)) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do run_query(dbt.spark__create_table_as(False, relation, parts.final)) -%}
    {%- do run_query('use default') -%}
    {%- do run_query('drop schema ' ~ steps ~ ' cascade') -%}
    {{ return('refresh table ' ~ relation) }}
{%- endmacro %}


{# Whether Spark itself sees that nothing can come out: most rounds of a graph have nothing left to do. #}
{% macro is_known_to_be_empty(query) -%}
    {%- set plan = run_query('explain ' ~ query).rows[0][0] -%}
    {{ return(modules.re.match('== Physical Plan ==\\s+LocalTableScan <empty>', plan) is not none) }}
{%- endmacro %}


{# The columns of a query without a row, which Spark knows without looking. #}
{% macro no_rows_of(query) -%}
    {%- set columns = [] -%}
    {%- for column in run_query('describe query ' ~ query).rows -%}
        {%- do columns.append('cast(null as ' ~ column[1] ~ ') as ' ~ column[0]) -%}
    {%- endfor -%}
    {{ return('select ' ~ columns | join(', ') ~ ' where false') }}
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
