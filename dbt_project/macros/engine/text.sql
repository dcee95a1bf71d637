{# A value as text, as long as it needs to be: Spark's varchar must state a length. #}

{% macro as_text(value) %}{{ return(adapter.dispatch('as_text')(value)) }}{% endmacro %}

{% macro default__as_text(value) %}cast({{ value }} as string){% endmacro %}

{% macro duckdb__as_text(value) %}cast({{ value }} as varchar){% endmacro %}


{# `%20` and `+` become what they stand for; text that is no valid encoding stays as it is. #}

{% macro url_decoded(text) %}{{ return(adapter.dispatch('url_decoded')(text)) }}{% endmacro %}

{% macro default__url_decoded(text) %}coalesce(try_url_decode({{ text }}), {{ text }}){% endmacro %}

{% macro duckdb__url_decoded(text) %}url_decode(replace({{ text }}, '+', ' ')){% endmacro %}


{# In a select list: one row per part of a text that a sign joins. #}

{% macro each_part(text, sign) %}{{ return(adapter.dispatch('each_part')(text, sign)) }}{% endmacro %}

{% macro default__each_part(text, sign) %}explode(split({{ text }}, '[{{ sign }}]')){% endmacro %}

{% macro duckdb__each_part(text, sign) %}unnest(string_split({{ text }}, '{{ sign }}')){% endmacro %}


{# Whether a text as a whole is what a regular expression describes. #}

{% macro is_like_all(text, pattern) %}{{ return(adapter.dispatch('is_like_all')(text, pattern)) }}{% endmacro %}

{% macro default__is_like_all(text, pattern) %}regexp_like({{ text }}, concat('^(', {{ pattern }}, ')$')){% endmacro %}

{% macro duckdb__is_like_all(text, pattern) %}regexp_full_match({{ text }}, {{ pattern }}){% endmacro %}


{# In a grouped select: the texts of a group joined by a sign, in an order. #}

{% macro joined_in_order(text, place, sign) %}{{ return(adapter.dispatch('joined_in_order')(text, place, sign)) }}{% endmacro %}

{% macro default__joined_in_order(text, place, sign) -%}
    listagg({{ text }}, '{{ sign }}') within group (order by {{ place }})
{%- endmacro %}

{% macro duckdb__joined_in_order(text, place, sign) %}string_agg({{ text }}, '{{ sign }}' order by {{ place }}){% endmacro %}
