-- Grain: one row per day of first orders × channel × market × number of 30 days since: what the persons who first
-- ordered then earned in them.
with

first_years as (select * from {{ ref('fct_engage_first_year') }}),

margins as (
    select * from {{ ref('fct_convert_margin') }}
    where is_costed
),

-- another zone may put a later order on an earlier day: it belongs to the first days
movements as (
    select
        first_years.first_order_date as day,
        first_years.channel,
        first_years.market,
        1 + {{ whole_quotient(
            'greatest(' ~ days_between('first_years.first_order_date', 'margins.day') ~ ', 0)', '30'
        ) }} as months,
        margins.net_sales - margins.cost as amount
    from first_years
    inner join margins on first_years.person_id = margins.person_id
),

final as (
    select
        day,
        channel,
        market,
        cast(months as integer) as months,
        cast(sum(amount) as decimal(38, 6)) as gross_profit
    from movements
    group by day, channel, market, months
)

select * from final
