-- Grain: one row per fitted measure × window × market, from the latest month end in the window that has a fit.
with

customer_values as (
    select *
    from {{ ref('fct_engage_customer_value') }}
    where p_alive is not null
),

windows as (select * from {{ ref('int_windows') }}),

-- decimals add up to the same in any order
by_market as (
    select
        month_end,
        market,
        count(*) as customers,
        sum(clv_12m) as clv,
        sum(cast(probability_90d as decimal(18, 12))) as buyers
    from customer_values
    group by month_end, market
),

levels as (
    select month_end, market, customers, clv, buyers from by_market
    where market is not null
    union all
    select month_end, 'all' as market, sum(customers) as customers, sum(clv) as clv, sum(buyers) as buyers
    from by_market
    group by month_end
),

month_ends as (select distinct month_end from by_market),

latest as (
    select
        windows.period,
        windows.window_start,
        windows.window_end,
        max(month_ends.month_end) as month_end
    from windows
    inner join month_ends
        on windows.window_start <= month_ends.month_end and windows.window_end >= month_ends.month_end
    where windows.period in {{ crossed_periods() }}
    group by windows.period, windows.window_start, windows.window_end
),

totals as (
    select 'customers_fitted' as measure, month_end, market, cast(customers as decimal(38, 6)) as value from levels
    union all
    select 'predicted_clv_total' as measure, month_end, market, cast(clv as decimal(38, 6)) as value from levels
    union all
    select 'expected_buyers_90d' as measure, month_end, market, cast(buyers as decimal(38, 6)) as value from levels
),

final as (
    select
        totals.measure,
        latest.period,
        latest.window_start,
        latest.window_end,
        'all' as channel,
        totals.market,
        totals.value,
        latest.month_end as measured_on
    from latest
    inner join totals on latest.month_end = totals.month_end
)

select * from final
