-- Grain: one A/B test of the company's list.
-- depends_on: {{ source('plan', 'experiments') }}
with

landed as (select * from {{ landed('plan', 'experiments') }}),

final as (
    select
        'plan' as source,
        account,
        _row as landed_row,
        trim(experiment) as experiment,
        nullif(trim(name), '') as name,
        starts_on,
        concluded_on,
        trim(baseline) as baseline,
        nullif(trim(planned_split), '') as planned_split,
        -- what the list does not say
        coalesce(min_persons, 100) as min_persons,
        lower(trim(success_event)) as success_event,
        window_days
    from landed
)

select * from final
