{# `%20` and `+` become what they stand for; text that is no valid encoding stays as it is. #}

{% macro url_decoded(text) %}{{ return(adapter.dispatch('url_decoded')(text)) }}{% endmacro %}

{% macro default__url_decoded(text) %}coalesce(try_url_decode({{ text }}), {{ text }}){% endmacro %}

{% macro duckdb__url_decoded(text) %}url_decode(replace({{ text }}, '+', ' ')){% endmacro %}
