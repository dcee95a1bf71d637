{# The country of an order or a session, as exports name it. #}

{# How a country's name is compared with those of the seed countries; null where none is stated. #}
{% macro country_name(cell) -%}
    nullif(nullif(lower(trim({{ cell }})), ''), '(not set)')
{%- endmacro %}

{# The market: that of the country, else the account's where no country is stated; one that nobody knows is `unknown`. #}
{% macro market_named(cell, market, account_market) -%}
    case
        when {{ country_name(cell) }} is null then {{ account_market }}
        else coalesce({{ market }}, 'unknown')
    end
{%- endmacro %}
