{# Reading the words and ids of CRMs. #}

{# A stage or source as it is compared: lower case, without blanks, hyphens and underscores. #}
{% macro crm_word(cell) -%}
    replace(replace(replace(lower(trim({{ cell }})), ' ', ''), '-', ''), '_', '')
{%- endmacro %}


{# The first id of a list joined by `;`. #}
{% macro first_id(ids) -%}
    nullif(trim(split_part({{ ids }}, ';', 1)), '')
{%- endmacro %}
