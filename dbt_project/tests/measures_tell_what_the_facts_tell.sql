-- The mart's days against the facts themselves: nothing is lost or doubled on the way through the windows.
with

facts as (
    select 'ad_spend' as measure, day, sum(cost) as value from {{ ref('fct_reach_ads') }}
    group by day
    union all
    select 'sessions' as measure, day, count(*) as value from {{ ref('fct_reach_session') }}
    group by day
    union all
    select 'orders' as measure, order_date as day, count(*) as value from {{ ref('fct_convert_order') }}
    where is_counted
    group by order_date
    union all
    select 'gross_sales' as measure, order_date as day, sum(gross_sales) as value from {{ ref('fct_convert_order') }}
    where is_counted
    group by order_date
),

days as (
    select measure, period_start as day, value
    from {{ ref('race_measure') }}
    where
        period = 'day'
        and channel = 'all'
        and market = 'all'
        and measure in ('ad_spend', 'sessions', 'orders', 'gross_sales')
)

-- a day that no export covers has no row in the mart, whatever its facts
select
    days.measure,
    days.day,
    days.value as mart_value,
    facts.value as fact_value
from days
left join facts on days.measure = facts.measure and days.day = facts.day
where days.value <> coalesce(facts.value, 0)
