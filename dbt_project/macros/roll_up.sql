{# Grouping of rows with (channel, market) into the pairs the mart keeps: all × all, each channel, each
   market, and at month and above each channel × market. A row without a channel counts in channel `all`
   only, a row without a market in market `all` only. Use rolled_up() in the select list and
   roll_up_groups() after `from … where …`; `keys` are the other grouping columns, one of them `period`. #}

{% macro rolled_up() -%}
    case when grouping(channel) = 1 then 'all' else channel end as channel,
    case when grouping(market) = 1 then 'all' else market end as market
{%- endmacro %}

{% macro roll_up_groups(keys) -%}
    group by
        grouping sets (
            ({{ keys | join(', ') }}),
            ({{ keys | join(', ') }}, channel),
            ({{ keys | join(', ') }}, market),
            ({{ keys | join(', ') }}, channel, market)
        )
    having
        (grouping(channel) = 1 or channel is not null)
        and (grouping(market) = 1 or market is not null)
        and (grouping(channel) = 1 or grouping(market) = 1 or period in {{ crossed_periods() }})
{%- endmacro %}


{# One row per measure from a CTE that has one column per measure, beside `day`, `channel` and `market`.
   Zeros are left out: a count without events is filled in where the mart wants a row. #}
{% macro measures_from(relation, measures) -%}
    {% for measure in measures %}
    select '{{ measure }}' as measure, day, channel, market, cast({{ measure }} as decimal(38, 6)) as value
    from {{ relation }}
    where {{ measure }} <> 0
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{%- endmacro %}


{# Merges overlapping or touching stretches of days. `relation` has the key columns, `from_day` and
   `until_day` (the first day after the stretch); gives the same columns, one row per merged stretch. #}
{% macro merged_stretches(relation, keys) -%}
    select
        {{ keys | join(', ') }},
        min(from_day) as from_day,
        max(until_day) as until_day
    from (
        select
            *,
            sum(case when from_day <= reached then 0 else 1 end)
                over (partition by {{ keys | join(', ') }} order by from_day, until_day rows unbounded preceding) as stretch
        from (
            select
                *,
                max(until_day) over (
                    partition by {{ keys | join(', ') }}
                    order by from_day, until_day
                    rows between unbounded preceding and 1 preceding
                ) as reached
            from {{ relation }}
        ) as with_reach
    ) as numbered
    group by {{ keys | join(', ') }}, stretch
{%- endmacro %}
