{# A key of 32 hex digits from parts that may be null; parts never run into each other. #}

{% macro key_of(parts) -%}
    md5(concat_ws('|', {% for part in parts %}coalesce({{ as_text(part) }}, '~'){{ ', ' if not loop.last }}{% endfor %}))
{%- endmacro %}
