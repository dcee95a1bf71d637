-- Grain: one row per window × channel × market whose new customers have paid back what it cost to win them.
{% set days_of_month = 30 %}

with

settings as (select * from {{ source('house', 'settings') }}),

windows as (
    select * from {{ ref('int_windows') }}
    where period in {{ crossed_periods() }} and reached_on >= window_start
),

profits as (select * from {{ ref('int_first_order_profits') }}),

costs as (
    select * from {{ ref('int_window_sums') }}
    where measure = 'acquisition_cost' and value > 0
),

coverage as (
    select * from {{ ref('int_measure_coverage') }}
    where measure = 'acquisition_cost'
),

-- a cost that is told of a part of the days only is no cost to be paid back
told_windows as (
    select windows.period, windows.window_start, windows.window_end, windows.reached_on
    from windows
    inner join coverage
        on
            windows.period = coverage.period
            and windows.window_start = coverage.window_start
            and windows.window_end = coverage.window_end
    where coverage.covered_days >= {{ days_between('windows.window_start', 'windows.reached_on') }} + 1
),

-- of months that are over for everybody of the window
in_window as (
    select
        told_windows.period,
        told_windows.window_start,
        told_windows.window_end,
        profits.channel,
        profits.market,
        profits.months,
        profits.gross_profit
    from told_windows
    cross join settings
    inner join profits on profits.day between told_windows.window_start and told_windows.reached_on
    where {{ add_days('told_windows.reached_on', days_of_month ~ ' * profits.months') }} <= settings.as_of
),

in_cell as (
    select
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        months,
        sum(gross_profit) as gross_profit
    {{ rolled_up_from('in_window', ['period', 'window_start', 'window_end', 'months']) }}
),

to_date as (
    select
        period,
        window_start,
        window_end,
        channel,
        market,
        months,
        sum(gross_profit) over (
            partition by period, window_start, window_end, channel, market
            order by months rows unbounded preceding
        ) as gross_profit
    from in_cell
),

final as (
    select
        'cac_payback_months' as measure,
        to_date.period,
        to_date.window_start,
        to_date.window_end,
        to_date.channel,
        to_date.market,
        cast(min(to_date.months) as decimal(38, 6)) as value
    from to_date
    inner join costs
        on
            to_date.period = costs.period
            and to_date.window_start = costs.window_start
            and to_date.window_end = costs.window_end
            and to_date.channel = costs.channel
            and to_date.market = costs.market
    where to_date.gross_profit >= costs.value
    group by
        to_date.period, to_date.window_start, to_date.window_end, to_date.channel, to_date.market
)

select * from final
