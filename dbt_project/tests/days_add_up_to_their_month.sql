-- What adds up must add up: the days of a complete month give its additive measures, for every roll-up kept by day.
with

months as (
    select race_measure.*
    from {{ ref('race_measure') }} as race_measure
    inner join {{ ref('measures') }} as measures on race_measure.measure = measures.measure
    inner join {{ ref('int_measure_coverage') }} as coverage
        on
            race_measure.measure = coverage.measure
            and race_measure.period = coverage.period
            and race_measure.period_start = coverage.window_start
            and coverage.is_period
            and coverage.is_complete
    where
        race_measure.period = 'month'
        and measures.additivity = 'sum'
        and measures.grains = 'all'
        and race_measure.value is not null
        and (race_measure.channel = 'all' or race_measure.market = 'all')
),

days as (
    select
        measure,
        cast(date_trunc('month', period_start) as date) as month_start,
        channel,
        market,
        sum(value) as value
    from {{ ref('race_measure') }}
    where period = 'day'
    group by measure, cast(date_trunc('month', period_start) as date), channel, market
)

select
    months.measure,
    months.period_start,
    months.channel,
    months.market,
    months.value as month_value,
    days.value as days_value
from months
left join days
    on
        months.measure = days.measure
        and months.period_start = days.month_start
        and months.channel = days.channel
        and months.market = days.market
where months.value <> coalesce(days.value, 0)
