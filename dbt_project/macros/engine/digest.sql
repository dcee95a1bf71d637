{# In a grouped select: a digest of the group's rows over some columns, the same in whatever order they come. A digest is
   compared with one of the same engine and version only. #}

{% macro digest_of_rows(columns) %}{{ return(adapter.dispatch('digest_of_rows')(columns)) }}{% endmacro %}

{% macro default__digest_of_rows(columns) -%}
    concat_ws(':', count(*), sum(cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0))))
{%- endmacro %}

{% macro duckdb__digest_of_rows(columns) -%}
    concat_ws(':', count(*), sum(hash({{ columns | join(', ') }})))
{%- endmacro %}
