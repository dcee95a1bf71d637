{# In a grouped select: a digest of the group's rows over some columns, the same in whatever order they come. No two
   rows may be equal in these columns. A digest is compared with one of the same engine and version only. #}

{% macro digest_of_rows(columns) %}{{ return(adapter.dispatch('digest_of_rows')(columns)) }}{% endmacro %}

{% macro default__digest_of_rows(columns) -%}
    concat_ws(':', count(*), bit_xor(xxhash64({{ columns | join(', ') }})))
{%- endmacro %}

{% macro duckdb__digest_of_rows(columns) -%}
    concat_ws(':', count(*), bit_xor(hash({{ columns | join(', ') }})))
{%- endmacro %}
