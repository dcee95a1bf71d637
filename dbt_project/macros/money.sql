{# Money in the reporting currency. `minor_unit` is a column: the decimal places of the currency's smallest
   unit (VND 0, USD 2, KWD 3, CLF 4). #}

{# An amount rounded half up (away from zero) to the minor unit, as decimal(18, 6) or a wider `kind`. Rounding wants its
   places at plan time, so each possible minor unit has its branch. #}
{% macro rounded_to_minor_unit(amount, minor_unit, kind='decimal(18, 6)') -%}
    case {{ minor_unit }}
        {% for places in [0, 2, 3, 4] %}
        when {{ places }} then cast(round({{ amount }}, {{ places }}) as {{ kind }})
        {% endfor %}
    end
{%- endmacro %}


{# An amount (at most 15 decimals) times the rate of its day, rounded half up to the minor unit. #}
{% macro to_reporting(amount, rate, minor_unit) -%}
    {{ rounded_to_minor_unit(
        "cast(" ~ amount ~ " as decimal(38, 15)) * cast(" ~ rate ~ " as decimal(18, 8))", minor_unit
    ) }}
{%- endmacro %}


{# A cost or fee (at most 15 decimals) times the rate of its day, rounded half up to six decimals: a platform states it
   finer than the minor unit, and rows rounded one by one would not add up to what it charged. #}
{% macro cost_to_reporting(cost, rate) -%}
    cast(round(cast({{ cost }} as decimal(38, 15)) * cast({{ rate }} as decimal(18, 8)), 6) as decimal(18, 6))
{%- endmacro %}


{# An amount without the VAT that its account's prices hold, as decimal(38, 15). `account` is the alias of
   a row of the accounts; net = price ÷ (1 + rate). #}
{% macro without_vat(amount, account) -%}
    case
        when {{ account }}.prices_include_vat and {{ account }}.vat_rate <> 0
            then {{ share_of(amount, '1', '(1 + cast(' ~ account ~ '.vat_rate as decimal(9, 6)))') }}
        else cast({{ amount }} as decimal(38, 15))
    end
{%- endmacro %}


{# How many minor units make one unit of the currency. #}
{% macro minor_units_per_unit(minor_unit) -%}
    case {{ minor_unit }} when 0 then 1 when 2 then 100 when 3 then 1000 when 4 then 10000 end
{%- endmacro %}
