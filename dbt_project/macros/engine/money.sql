{# Exact arithmetic on amounts. No double ever touches money: DuckDB divides decimals as doubles, so the
   quotient is taken on whole numbers there. #}

{# amount × part ÷ whole, exact to 15 decimals (half up), as decimal(38, 15); null where whole is 0.
   amount, part and whole have at most 6 decimals. #}
{% macro share_of(amount, part, whole) %}{{ return(adapter.dispatch('share_of')(amount, part, whole)) }}{% endmacro %}

{# The long division of whole numbers: the quotient has the amount's 6 decimals, the remainder gives 9 more. Spark's
   quotient of what divides without a remainder is exact. #}
{% macro default__share_of(amount, part, whole) -%}
    {%- set product = "abs(cast(" ~ in_millionths(amount) ~ " * " ~ in_millionths(part) ~ " as decimal(38, 0)))" -%}
    {%- set divisor = "nullif(abs(" ~ in_millionths(whole) ~ "), 0)" -%}
    {%- set rest = "((" ~ product ~ " % " ~ divisor ~ ") * 2000000000 + " ~ divisor ~ ")" -%}
    cast(
        cast(
            (
                cast(({{ product }} - {{ product }} % {{ divisor }}) / {{ divisor }} as decimal(38, 0)) * 1000000000
                + cast(({{ rest }} - {{ rest }} % (2 * {{ divisor }})) / (2 * {{ divisor }}) as decimal(38, 0))
            )
            * cast(sign({{ amount }}) * sign({{ part }}) * sign({{ whole }}) as int)
            as decimal(38, 0)
        ) * cast(0.000000000000001 as decimal(15, 15))
        as decimal(38, 15)
    )
{%- endmacro %}

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

{% macro in_millionths(amount) %}{{ return(adapter.dispatch('in_millionths')(amount)) }}{% endmacro %}

{% macro default__in_millionths(amount) -%}
    cast(cast({{ amount }} as decimal(24, 6)) * cast(1000000 as decimal(7, 0)) as decimal(24, 0))
{%- endmacro %}

{% macro duckdb__in_millionths(amount) -%}
    cast(cast({{ amount }} as decimal(38, 6)) * 1000000 as hugeint)
{%- endmacro %}


{# Whole quotient of two whole numbers, the fraction dropped. #}
{% macro whole_quotient(dividend, divisor) %}{{ return(adapter.dispatch('whole_quotient')(dividend, divisor)) }}{% endmacro %}

{% macro default__whole_quotient(dividend, divisor) %}({{ dividend }} div {{ divisor }}){% endmacro %}

{% macro duckdb__whole_quotient(dividend, divisor) %}({{ dividend }} // {{ divisor }}){% endmacro %}
