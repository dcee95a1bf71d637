{# How a table is built whose rows are kept from one night to the next (macros/recount.sql). An engine that has no
   such way makes it as a whole each night: the rows are the same. #}

{% macro kept_table() %}{{ return(adapter.dispatch('kept_table')()) }}{% endmacro %}

{% macro default__kept_table() %}{{ return('table') }}{% endmacro %}

{% macro duckdb__kept_table() %}{{ return('incremental') }}{% endmacro %}
