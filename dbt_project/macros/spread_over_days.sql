{# Plan rows (amount, currency, starts_on, ends_on, exported_on, channel, market) as one row per day they cover: converted
   at the rate of the earlier of their first day and the day of their export, spread evenly, each day's share rounded down to
   the minor unit and the remainder on the last day. `name` is the column that names the row, `also` further
   columns to keep. #}

{% macro spread_over_days(relation, name, also=[]) -%}
    {%- set units = minor_units_per_unit('settings.minor_unit') -%}
    {%- set same_row = [
        'plan_rows.source', 'plan_rows.account', 'plan_rows.' ~ name, 'plan_rows.starts_on', 'plan_rows.ends_on',
        'plan_rows.channel', 'plan_rows.market'
    ] | join(', ') %}
    select
        source,
        account,
        plan_row_id,
        plan_name,
        channel,
        market,
        {% for column in also %}
        {{ column }},
        {% endfor %}
        day,
        -- back from minor units to money
        cast(
            {{ share_of('case when day = ends_on then units - (days - 1) * units_a_day else units_a_day end', '1', 'units_in_one') }}
            as decimal(18, 6)
        ) as amount
    from (
        select
            *,
            {{ each_day('starts_on', 'ends_on') }} as day,
            {{ whole_quotient('units', 'days') }} as units_a_day
        from (
            select
                plan_rows.source,
                plan_rows.account,
                {{ key_of(
                    ['plan_rows.' ~ name, 'plan_rows.starts_on', 'plan_rows.ends_on', 'plan_rows.channel', 'plan_rows.market',
                     'row_number() over (partition by ' ~ same_row ~ ' order by plan_rows.landed_row)']
                ) }} as plan_row_id,
                plan_rows.{{ name }} as plan_name,
                plan_rows.channel,
                plan_rows.market,
                {% for column in also %}
                plan_rows.{{ column }},
                {% endfor %}
                plan_rows.starts_on,
                plan_rows.ends_on,
                {{ days_between('plan_rows.starts_on', 'plan_rows.ends_on') }} + 1 as days,
                {{ units }} as units_in_one,
                cast(
                    cast({{ to_reporting(
                        'plan_rows.amount',
                        'case when plan_rows.currency = settings.reporting_currency then 1 else fx.rate end',
                        'settings.minor_unit'
                    ) }} as decimal(38, 6)) * {{ units }} as bigint
                ) as units
            from {{ relation }} as plan_rows
            cross join {{ source('house', 'settings') }} as settings
            left join {{ ref('int_fx_daily') }} as fx
                on
                    plan_rows.currency = fx.currency
                    and least(plan_rows.starts_on, plan_rows.exported_on) = fx.day
            where plan_rows.ends_on >= plan_rows.starts_on
        ) as converted
    ) as spread
{%- endmacro %}
