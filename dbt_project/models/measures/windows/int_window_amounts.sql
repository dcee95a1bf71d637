-- Grain: one row per `last` measure of money × window × market: an amount to date at the window's end.
with

windows as (select * from {{ ref('int_windows') }}),

margins as (select * from {{ ref('fct_convert_margin') }}),

history as (select * from {{ ref('int_person_history') }}),

movements as (
    select
        margins.day,
        history.first_order_market as market,
        margins.net_sales - margins.cost as amount
    from margins
    inner join history on margins.person_id = history.person_id
    where margins.is_costed
),

levels as (
    select day, market, amount from movements
    where market is not null
    union all
    select day, 'all' as market, amount from movements
),

window_ends as (
    select distinct reached_on as day from windows
    where period in {{ crossed_periods() }}
),

level_markets as (select distinct market from levels),

-- days with a movement and days that are read, so that one running sum answers every reading
steps as (
    select market, day, amount from levels
    union all
    select level_markets.market, window_ends.day, cast(0 as decimal(18, 6)) as amount
    from window_ends
    cross join level_markets
),

daily as (
    select market, day, sum(amount) as amount
    from steps
    group by market, day
),

running as (
    select
        market,
        day,
        sum(amount) over (partition by market order by day rows unbounded preceding) as amount
    from daily
),

final as (
    select
        'lifetime_gross_profit' as measure,
        windows.period,
        windows.window_start,
        windows.window_end,
        'all' as channel,
        running.market,
        cast(running.amount as decimal(38, 6)) as value
    from windows
    inner join running on windows.reached_on = running.day
    where windows.period in {{ crossed_periods() }} and running.amount <> 0
)

select * from final
