-- Grain: one day of a site as Matomo's own reports count it. Detail, never added.
-- depends_on: {{ source('matomo', 'visits_summary') }}
with

landed as (select * from {{ landed('matomo', 'visits_summary') }}),

final as (
    select
        'matomo' as source,
        account,
        visits,
        visitors,
        day
    from landed
)

select * from final
