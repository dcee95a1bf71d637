-- Grain: one row per month end × frequency × recency × age: what models are fitted to and scored on, so that
-- their work does not grow with the number of persons.
with

statistics as (select * from {{ ref('int_clv_statistics') }}),

final as (
    select
        month_end,
        frequency,
        recency_days,
        age_days,
        count(*) as customers
    from statistics
    group by month_end, frequency, recency_days, age_days
)

select * from final
