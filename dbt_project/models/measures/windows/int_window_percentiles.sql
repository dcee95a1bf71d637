-- Grain: one row per percentile measure × window × channel × market with values.
-- The percentile p of n values in order is the one at place p × (n − 1), counted from 0; between two of them it lies
-- as far as the place does (Hyndman and Fan's type 7, percentile_cont of SQL). Worked out in decimals by running
-- counts, so that engines agree to the last digit.
with

day_values as (select * from {{ ref('int_measure_values') }}),

window_days as (select * from {{ ref('int_window_days') }}),

measure_rules as (
    select measure, percentile from {{ ref('measure_rules') }}
    where percentile is not null
),

in_window as (
    select
        day_values.measure,
        window_days.period,
        window_days.window_start,
        window_days.window_end,
        day_values.channel,
        day_values.market,
        day_values.value,
        sum(day_values.weight) as weight
    from day_values
    inner join window_days on day_values.day = window_days.day
    where window_days.is_reached
    group by
        day_values.measure,
        window_days.period,
        window_days.window_start,
        window_days.window_end,
        day_values.channel,
        day_values.market,
        day_values.value
),

in_cell as (
    select
        measure,
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        value,
        sum(weight) as weight
    {{ rolled_up_from('in_window', ['measure', 'period', 'window_start', 'window_end', 'value']) }}
),

counted as (
    select
        *,
        sum(weight) over (
            partition by measure, period, window_start, window_end, channel, market
            order by value rows unbounded preceding
        ) as up_to,
        sum(weight) over (partition by measure, period, window_start, window_end, channel, market) as total
    from in_cell
),

placed as (
    select
        counted.*,
        cast(cast(counted.total - 1 as decimal(18, 0)) * measure_rules.percentile as decimal(38, 6)) as place
    from counted
    inner join measure_rules on counted.measure = measure_rules.measure
),

neighbours as (
    select
        measure,
        period,
        window_start,
        window_end,
        channel,
        market,
        min(place - floor(place)) as part,
        min(case when up_to > floor(place) then value end) as lower_value,
        min(case when up_to > floor(place) + 1 then value end) as upper_value
    from placed
    group by measure, period, window_start, window_end, channel, market
),

final as (
    select
        measure,
        period,
        window_start,
        window_end,
        channel,
        market,
        cast(
            lower_value
            + round(
                cast(coalesce(upper_value, lower_value) - lower_value as decimal(18, 6)) * cast(part as decimal(9, 6)),
                6
            )
            as decimal(38, 6)
        ) as value
    from neighbours
)

select * from final
