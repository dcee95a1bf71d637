{# Exact arithmetic on amounts. No double ever touches money: DuckDB divides decimals as doubles, so the
   quotient is taken on whole numbers there. #}

{# amount × part ÷ whole, exact to 15 decimals (half up), as decimal(38, 15); null where whole is 0.
   amount, part and whole have at most 6 decimals. #}
{% macro share_of(amount, part, whole) %}{{ return(adapter.dispatch('share_of')(amount, part, whole)) }}{% endmacro %}

{% macro default__share_of(amount, part, whole) -%}
    cast(
        cast({{ amount }} as decimal(18, 6)) * cast({{ part }} as decimal(18, 6))
        / nullif(cast({{ whole }} as decimal(18, 6)), 0)
        as decimal(38, 15)
    )
{%- endmacro %}

{# The long division of whole numbers: the quotient has the amount's 6 decimals, the remainder gives 9 more. #}
{% macro duckdb__share_of(amount, part, whole) -%}
    {%- set product = "abs(" ~ in_millionths(amount) ~ " * " ~ in_millionths(part) ~ ")" -%}
    {%- set divisor = "nullif(abs(" ~ in_millionths(whole) ~ "), 0)" -%}
    cast(
        cast(
            (
                ({{ product }} // {{ divisor }}) * 1000000000
                + (({{ product }} % {{ divisor }}) * 2000000000 + {{ divisor }}) // (2 * {{ divisor }})
            )
            * sign({{ amount }}) * sign({{ part }}) * sign({{ whole }})
            as decimal(38, 0)
        ) * cast(0.000000000000001 as decimal(15, 15))
        as decimal(38, 15)
    )
{%- endmacro %}

{% macro in_millionths(amount) -%}
    cast(cast({{ amount }} as decimal(38, 6)) * 1000000 as hugeint)
{%- endmacro %}


{# Whole quotient of two whole numbers, the fraction dropped. #}
{% macro whole_quotient(dividend, divisor) %}{{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}{% endmacro %}

{% macro default__whole_quotient(dividend, divisor) %}({{ dividend }} div {{ divisor }}){% endmacro %}

{% macro duckdb__whole_quotient(dividend, divisor) %}({{ dividend }} // {{ divisor }}){% endmacro %}
