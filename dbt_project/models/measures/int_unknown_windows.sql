-- Grain: one row per measure × window in which something counts whose value nobody can know.
{{ config(materialized='table', tags=['mart']) }}

with

window_days as (select * from {{ ref('int_window_days') }}),

lead_values as (
    select * from {{ ref('int_lead_values') }}
    where lead_value is null
),

-- a sum without some of its leads would divide by all of them
final as (
    select distinct
        'lead_value' as measure,
        window_days.period,
        window_days.window_start,
        window_days.window_end
    from window_days
    inner join lead_values on window_days.day = lead_values.day
)

select * from final
