{# Reading support tickets. #}

{# Tags as ` a b `, lower case between blanks, from a JSON list or from text with blanks. #}
{% macro spaced_tags(cell) -%}
    concat(' ', replace(replace(replace(replace(lower({{ cell }}), '[', ' '), ']', ' '), '"', ' '), ',', ' '), ' ')
{%- endmacro %}

{# What a customer said: good, bad or 1 to 5. A survey that was only offered is no rating. #}
{% macro ticket_rating(cell) -%}
    case
        when lower(trim({{ cell }})) in ('good', 'good_with_comment', 'good with comment') then 'good'
        when lower(trim({{ cell }})) in ('bad', 'bad_with_comment', 'bad with comment') then 'bad'
        when trim({{ cell }}) in ('1', '2', '3', '4', '5') then trim({{ cell }})
    end
{%- endmacro %}
