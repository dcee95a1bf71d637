{# `%20` and `+` become what they stand for; text that is no valid encoding stays as it is. #}

{% macro url_decoded(text) %}{{ return(adapter.dispatch('url_decoded')(text)) }}{% endmacro %}

{% macro default__url_decoded(text) %}coalesce(try_url_decode({{ text }}), {{ text }}){% endmacro %}

{% macro duckdb__url_decoded(text) %}url_decode(replace({{ text }}, '+', ' ')){% endmacro %}


{# In a select list: one row per part of a text that a sign joins. #}

{% macro each_part(text, sign) %}{{ return(adapter.dispatch('each_part')(text, sign)) }}{% endmacro %}

{% macro default__each_part(text, sign) %}explode(split({{ text }}, '[{{ sign }}]')){% endmacro %}

{% macro duckdb__each_part(text, sign) %}unnest(string_split({{ text }}, '{{ sign }}')){% endmacro %}
