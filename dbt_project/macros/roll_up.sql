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
