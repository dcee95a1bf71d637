{# The calendar of the mart: which period a day belongs to, where it ends, which one came before. #}

{% macro periods() %}{{ return(['day', 'week', 'month', 'quarter', 'cycle']) }}{% endmacro %}

{# Periods at which channel and market are crossed; below them only the roll-ups exist. #}
{% macro crossed_periods() %}('month', 'quarter', 'cycle'){% endmacro %}


{# First day of the period that holds `day`; null for a day before the first cycle. Weeks are ISO weeks.
   A fiscal quarter is the calendar quarter of the date moved back by the months before the fiscal year. #}
{% macro period_start(period, day, fiscal_year_start_month, cycle_start) -%}
    {%- if period == 'day' -%}
        {{ day }}
    {%- elif period == 'quarter' -%}
        {%- set moved = add_months("cast(date_trunc('month', " ~ day ~ ") as date)", "1 - " ~ fiscal_year_start_month) -%}
        {{ add_months("cast(date_trunc('quarter', " ~ moved ~ ") as date)", fiscal_year_start_month ~ " - 1") }}
    {%- elif period == 'cycle' -%}
        case
            when {{ day }} >= {{ cycle_start }}
                then {{ add_days(cycle_start, "90 * floor(" ~ days_between(cycle_start, day) ~ " / 90.0)") }}
        end
    {%- else -%}
        cast(date_trunc('{{ period }}', {{ day }}) as date)
    {%- endif -%}
{%- endmacro %}


{# Start of the period that lies `steps` periods after the one starting at `start` (negative: before). #}
{% macro shift_period(period, start, steps) -%}
    {%- if period == 'month' -%}
        {{ add_months(start, steps) }}
    {%- elif period == 'quarter' -%}
        {{ add_months(start, 3 * steps) }}
    {%- else -%}
        {{ add_days(start, {'day': 1, 'week': 7, 'cycle': 90}[period] * steps) }}
    {%- endif -%}
{%- endmacro %}


{# Start of the period a year before: the same month or quarter; day and week 364 days back, so that
   weekdays meet; a cycle has none. #}
{% macro year_ago_start(period, start) -%}
    {%- if period in ('month', 'quarter') -%}
        {{ add_months(start, -12) }}
    {%- elif period in ('day', 'week') -%}
        {{ add_days(start, -364) }}
    {%- else -%}
        cast(null as date)
    {%- endif -%}
{%- endmacro %}


{# Whether something with these declared `grains` (all, month+, or a list of periods) exists at `period`. #}
{% macro grain_holds(grains, period) -%}
    (
        {{ grains }} = 'all'
        or ({{ grains }} = 'month+' and {{ period }} in {{ crossed_periods() }})
        or concat_ws('', ',', {{ grains }}, ',') like concat_ws('', '%,', {{ period }}, ',%')
    )
{%- endmacro %}


{# Last day of the month that holds `day`. #}
{% macro month_end(day) -%}
    {{ add_days(add_months("cast(date_trunc('month', " ~ day ~ ") as date)", 1), -1) }}
{%- endmacro %}


{# Whole months from the month of `first` to the month of `second`. #}
{% macro months_between(first, second) -%}
    cast(
        12 * (extract(year from {{ second }}) - extract(year from {{ first }}))
        + extract(month from {{ second }}) - extract(month from {{ first }})
        as integer
    )
{%- endmacro %}
