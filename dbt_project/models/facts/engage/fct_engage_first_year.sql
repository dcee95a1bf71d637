-- Grain: one person with a counted order: the gross profit of the 365 days from the first order on, earned and, while
-- they run, expected.
{% set days_of_year = 365 %}

with

settings as (select * from {{ source('house', 'settings') }}),

first_orders as (
    select * from {{ ref('fct_convert_order') }}
    where is_counted and person_id is not null and order_number = 1
),

margins as (
    select * from {{ ref('fct_convert_margin') }}
    where is_costed
),

customer_values as (select * from {{ ref('fct_engage_customer_value') }}),

-- what lies ahead is told by the newest fit; who came after it is in none
newest as (
    select max(month_end) as month_end
    from customer_values
    where p_alive is not null
),

expectations as (
    select
        customer_values.person_id,
        customer_values.month_end,
        customer_values.expected_orders_first_year * cast(customer_values.expected_order_value as double) as sales
    from customer_values
    inner join newest on customer_values.month_end = newest.month_end
),

-- the part of expected sales that is left as profit: that of all costed sales of the year up to the fit
rates as (
    select
        cast(sum(margins.net_sales - margins.cost) as double) / nullif(cast(sum(margins.net_sales) as double), 0)
            as margin_rate
    from margins
    inner join newest
        on margins.day <= newest.month_end and margins.day > {{ add_days('newest.month_end', -days_of_year) }}
),

years as (
    select
        first_orders.person_id,
        first_orders.source,
        first_orders.account,
        first_orders.order_date as first_order_date,
        first_orders.channel,
        first_orders.market,
        {{ add_days('first_orders.order_date', days_of_year) }} <= settings.as_of as is_observed,
        expectations.month_end,
        expectations.sales,
        case
            when {{ add_days('first_orders.order_date', days_of_year) }} <= settings.as_of
                then {{ add_days('first_orders.order_date', days_of_year - 1) }}
            else coalesce(expectations.month_end, {{ add_days('settings.as_of', -1) }})
        end as earned_until
    from first_orders
    cross join settings
    left join expectations on first_orders.person_id = expectations.person_id
),

-- another zone may put a later order on an earlier day: it counts all the same
earned as (
    select
        years.person_id,
        sum(case when margins.day <= years.earned_until then margins.net_sales - margins.cost else 0 end)
            as gross_profit
    from years
    inner join margins on years.person_id = margins.person_id
    group by years.person_id
),

valued as (
    select
        years.*,
        cast(coalesce(earned.gross_profit, 0) as decimal(18, 6)) as gross_profit,
        case
            when years.is_observed then cast(0 as decimal(18, 6))
            else {{ rounded_to_minor_unit('years.sales * rates.margin_rate', 'settings.minor_unit') }}
        end as expected_gross_profit
    from years
    cross join settings
    cross join rates
    left join earned on years.person_id = earned.person_id
),

final as (
    select
        person_id,
        source,
        account,
        first_order_date,
        channel,
        market,
        is_observed,
        earned_until,
        gross_profit,
        expected_gross_profit,
        cast(gross_profit + expected_gross_profit as decimal(18, 6)) as gross_profit_12m
    from valued
)

select * from final
