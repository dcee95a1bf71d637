{# Day arithmetic that stays a date: on DuckDB a date plus an interval is a timestamp. #}

{% macro add_days(day, days) %}{{ return(adapter.dispatch('add_days')(day, days)) }}{% endmacro %}

{% macro default__add_days(day, days) %}date_add({{ day }}, cast({{ days }} as int)){% endmacro %}

{% macro duckdb__add_days(day, days) %}({{ day }} + cast({{ days }} as integer)){% endmacro %}


{% macro add_months(day, months) %}{{ return(adapter.dispatch('add_months')(day, months)) }}{% endmacro %}

{% macro default__add_months(day, months) %}add_months({{ day }}, cast({{ months }} as int)){% endmacro %}

{% macro duckdb__add_months(day, months) -%}
    cast({{ day }} + cast({{ months }} as integer) * interval 1 month as date)
{%- endmacro %}


{# Days from `first` to `second`: 0 for the same day, negative where `second` lies before `first`. #}
{% macro days_between(first, second) %}{{ return(adapter.dispatch('days_between')(first, second)) }}{% endmacro %}

{% macro default__days_between(first, second) %}datediff({{ second }}, {{ first }}){% endmacro %}

{% macro duckdb__days_between(first, second) %}({{ second }} - {{ first }}){% endmacro %}


{# In a select list: one row per day from `first` to `last`, both included. #}
{% macro each_day(first, last) %}{{ return(adapter.dispatch('each_day')(first, last)) }}{% endmacro %}

{% macro default__each_day(first, last) -%}
    explode(sequence({{ first }}, {{ last }}, interval 1 day))
{%- endmacro %}

{% macro duckdb__each_day(first, last) -%}
    cast(unnest(generate_series({{ first }}, {{ last }}, interval 1 day)) as date)
{%- endmacro %}
