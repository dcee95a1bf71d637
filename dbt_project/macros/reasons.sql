{# The words of a reason as rules are held against them: on one line, in lower case, without the marks that stand for
   what was masked as it landed (a masked telephone number is no word about telephones). #}
{% macro reason_words(text) -%}
    trim(lower(
        {% for mark in ['[phone]', '[email]', '[number]'] %}replace({% endfor %}
        replace(replace({{ text }}, chr(10), ' '), chr(13), ' ')
        {% for mark in ['[phone]', '[email]', '[number]'] %}, '{{ mark }}', ''){% endfor %}
    ))
{%- endmacro %}
