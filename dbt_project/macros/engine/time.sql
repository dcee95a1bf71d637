{# Moments are naive UTC timestamps everywhere; these turn them into the days of a zone (an IANA name). #}

{% macro local_day(moment, zone) %}{{ return(adapter.dispatch('local_day')(moment, zone)) }}{% endmacro %}

{% macro default__local_day(moment, zone) %}to_date(from_utc_timestamp({{ moment }}, {{ zone }})){% endmacro %}

{% macro duckdb__local_day(moment, zone) -%}
    cast(timezone({{ zone }}, timezone('UTC', {{ moment }})) as date)
{%- endmacro %}


{# `moment` and a number of days of 24 hours later (negative: earlier). #}
{% macro add_24_hours(moment, days) %}{{ return(adapter.dispatch('add_24_hours')(moment, days)) }}{% endmacro %}

{% macro default__add_24_hours(moment, days) -%}
    ({{ moment }} + make_dt_interval(0, 24 * cast({{ days }} as int)))
{%- endmacro %}

{% macro duckdb__add_24_hours(moment, days) %}({{ moment }} + to_hours(24 * cast({{ days }} as integer))){% endmacro %}


{# `moment` and a number of minutes later. #}
{% macro add_minutes(moment, minutes) %}{{ return(adapter.dispatch('add_minutes')(moment, minutes)) }}{% endmacro %}

{% macro default__add_minutes(moment, minutes) -%}
    ({{ moment }} + make_dt_interval(0, 0, cast({{ minutes }} as int)))
{%- endmacro %}

{% macro duckdb__add_minutes(moment, minutes) %}({{ moment }} + to_minutes(cast({{ minutes }} as bigint))){% endmacro %}


{# A moment as whole microseconds since 1970. #}
{% macro epoch_micros(moment) %}{{ return(adapter.dispatch('epoch_micros')(moment)) }}{% endmacro %}

{% macro default__epoch_micros(moment) %}unix_micros({{ moment }}){% endmacro %}

{% macro duckdb__epoch_micros(moment) %}epoch_us({{ moment }}){% endmacro %}


{# Whether a moment is midnight of a zone: what a cell that names a day and no time becomes. #}
{% macro is_local_midnight(moment, zone) %}{{ return(adapter.dispatch('is_local_midnight')(moment, zone)) }}{% endmacro %}

{% macro default__is_local_midnight(moment, zone) -%}
    (from_utc_timestamp({{ moment }}, {{ zone }}) = date_trunc('day', from_utc_timestamp({{ moment }}, {{ zone }})))
{%- endmacro %}

{% macro duckdb__is_local_midnight(moment, zone) -%}
    (cast(timezone({{ zone }}, timezone('UTC', {{ moment }})) as time) = time '00:00:00')
{%- endmacro %}


{# Whole minutes from `first` to `second`. #}
{% macro minutes_between(first, second) %}{{ return(adapter.dispatch('minutes_between')(first, second)) }}{% endmacro %}

{% macro default__minutes_between(first, second) -%}
    cast(floor((unix_timestamp({{ second }}) - unix_timestamp({{ first }})) / 60) as bigint)
{%- endmacro %}

{% macro duckdb__minutes_between(first, second) -%}
    (date_diff('second', {{ first }}, {{ second }}) // 60)
{%- endmacro %}


{# Seconds from `first` to `second`, each without its fraction. #}
{% macro seconds_between(first, second) %}{{ return(adapter.dispatch('seconds_between')(first, second)) }}{% endmacro %}

{% macro default__seconds_between(first, second) -%}
    (unix_timestamp({{ second }}) - unix_timestamp({{ first }}))
{%- endmacro %}

{% macro duckdb__seconds_between(first, second) -%}
    date_diff('second', {{ first }}, {{ second }})
{%- endmacro %}


{# The hour of the day of a zone, 0 to 23. #}
{% macro local_hour(moment, zone) %}{{ return(adapter.dispatch('local_hour')(moment, zone)) }}{% endmacro %}

{% macro default__local_hour(moment, zone) %}hour(from_utc_timestamp({{ moment }}, {{ zone }})){% endmacro %}

{% macro duckdb__local_hour(moment, zone) %}hour(timezone({{ zone }}, timezone('UTC', {{ moment }}))){% endmacro %}


{# `moment` some whole seconds earlier. #}
{% macro seconds_before(moment, seconds) %}{{ return(adapter.dispatch('seconds_before')(moment, seconds)) }}{% endmacro %}

{% macro default__seconds_before(moment, seconds) -%}
    ({{ moment }} - make_dt_interval(0, 0, 0, cast({{ seconds }} as int)))
{%- endmacro %}

{% macro duckdb__seconds_before(moment, seconds) %}({{ moment }} - to_seconds(cast({{ seconds }} as bigint))){% endmacro %}
