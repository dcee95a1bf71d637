-- Grain: one row of the market-size file × day of its month.
with

markets as (select * from {{ ref('fct_plan_market') }}),

-- in hundredths, which a bigint holds of any market
days as (
    select
        market_size_id,
        market,
        cast(round(revenue * 100) as bigint) as hundredths,
        {{ month_end('month') }} as last_day,
        extract(day from {{ month_end('month') }}) as days_in_month,
        {{ each_day('month', month_end('month')) }} as day
    from markets
),

shares as (
    select
        *,
        {{ whole_quotient('hundredths', 'days_in_month') }} as hundredths_a_day
    from days
),

final as (
    select
        market_size_id,
        day,
        market,
        cast(
            case when day = last_day then hundredths - (days_in_month - 1) * hundredths_a_day else hundredths_a_day end
            * cast(0.01 as decimal(2, 2))
            as decimal(38, 6)
        ) as revenue
    from shares
)

select * from final
