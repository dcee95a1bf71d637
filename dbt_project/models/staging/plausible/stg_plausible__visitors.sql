-- Grain: one day of a site as Plausible counts it. Detail, never added.
-- depends_on: {{ source('plausible', 'visitors') }}
with

landed as (select * from {{ landed('plausible', 'visitors') }}),

final as (
    select
        'plausible' as source,
        account,
        visits,
        visitors,
        page_views,
        day
    from landed
)

select * from final
