{# Plan rows (amount, currency, starts_on, ends_on, exported_on, channel, market) as one row per day they cover: converted
   at the rate of the earlier of their first day and the day of their export, spread evenly, each day's share rounded down to
   six decimals and the remainder on the last day. `name` is the column that names the row, `also` further
   columns to keep. #}

{% macro spread_over_days(relation, name, also=[]) -%}
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
        cast(
            case when day = ends_on then millionths - (days - 1) * millionths_a_day else millionths_a_day end
            * cast(0.000001 as decimal(6, 6))
            as decimal(18, 6)
        ) as amount
    from (
        select
            *,
            {{ each_day('starts_on', 'ends_on') }} as day,
            {{ whole_quotient('millionths', 'days') }} as millionths_a_day
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
                cast(
                    cast({{ cost_to_reporting(
                        'plan_rows.amount',
                        'case when plan_rows.currency = settings.reporting_currency then 1 else fx.rate end'
                    ) }} as decimal(38, 6)) * 1000000 as bigint
                ) as millionths
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
