-- Grain: one day, from the first that anything covers to the last that anything is planned for.
with

settings as (select * from {{ source('house', 'settings') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

budgets as (select * from {{ ref('fct_plan_budget') }}),

known_days as (
    select day from covered_days
    union all
    select day from budgets
    union all
    select as_of as day from settings
),

ends as (
    select
        min(day) as first_day,
        max(day) as last_day
    from known_days
),

days as (
    select {{ each_day('first_day', 'last_day') }} as day
    from ends
),

final as (
    select
        days.day,
        cast(extract(year from days.day) as integer) as calendar_year,
        cast(extract(month from days.day) as integer) as month_of_year,
        -- 1 Monday … 7 Sunday
        cast({{ days_between("cast(date_trunc('week', days.day) as date)", 'days.day') }} + 1 as integer)
            as day_of_week,
        {% for period in ['week', 'month', 'quarter', 'cycle'] %}
        cast({{ period_start(period, 'days.day', 'settings.fiscal_year_start_month', 'settings.cycle_start') }} as date)
            as {{ period }}_start,
        {% endfor %}
        days.day >= settings.as_of as is_future
    from days
    cross join settings
)

select * from final
