-- Grain: one row per forecast KPI × month, quarter or cycle that runs at as_of or ended on the day before.
with

settings as (select * from {{ source('house', 'settings') }}),

spans as (select * from {{ ref('int_forecast_spans') }}),

forecasts as (select * from {{ ref('int_forecasts') }}),

-- the days that are in count to the last digit; only what is still to come is an estimate
summed as (
    select
        spans.*,
        forecasts.model,
        forecasts.reason,
        forecasts.target_probability,
        spans.period_days - spans.known_days as days_left,
        {% for name in ['expected', 'low_80', 'high_80'] %}
        spans.actual_to_date
        + case
            when spans.unit = 'money'
                then {{ rounded_to_minor_unit('forecasts.rest_' ~ name, 'settings.minor_unit', 'decimal(38, 6)') }}
            else cast(round(forecasts.rest_{{ name }}, 1) as decimal(38, 6))
        end as {{ name }},
        {% endfor %}
        cast(spans.actual_to_date as double) * spans.period_days / nullif(spans.known_days, 0) as by_days,
        case
            when spans.year_ago_to_date > 0
                then
                    cast(spans.actual_to_date as double)
                    * cast(spans.year_ago_whole as double)
                    / cast(spans.year_ago_to_date as double)
        end as by_last_year
    from spans
    cross join settings
    inner join forecasts
        on
            spans.kpi = forecasts.kpi
            and spans.period = forecasts.period
            and spans.period_start = forecasts.period_start
),

attained as (
    select
        *,
        case
            when target <= 0 then null
            when good = 'up' then cast(expected as double) / cast(target as double)
            when good = 'down' and expected > 0 then cast(target as double) / cast(expected as double)
        end as expected_attainment
    from summed
),

final as (
    select
        attained.kpi,
        attained.stage,
        attained.unit,
        attained.period,
        attained.period_start,
        attained.period_end,
        'all' as channel,
        'all' as market,
        attained.as_of,
        attained.known_until,
        cast(attained.days_left as integer) as days_left,
        cast(attained.history_days as integer) as history_days,
        attained.actual_to_date,
        cast(attained.expected as decimal(38, 6)) as expected,
        cast(attained.low_80 as decimal(38, 6)) as low_80,
        cast(attained.high_80 as decimal(38, 6)) as high_80,
        cast(round(attained.by_days, 2) as decimal(38, 6)) as linear_pacing,
        cast(round(attained.by_last_year, 2) as decimal(38, 6)) as last_year_pacing,
        attained.denominator,
        attained.target,
        attained.expected_attainment,
        case
            when attained.expected_attainment >= settings.on_track then 'on_track'
            when attained.expected_attainment >= settings.at_risk then 'at_risk'
            when attained.expected_attainment is not null then 'off_track'
        end as expected_status,
        attained.target_probability,
        attained.model,
        attained.reason
    from attained
    cross join settings
)

select * from final
