-- Grain: one day and part of a channel on YouTube.
-- depends_on: {{ source('social', 'youtube_chart') }}
with

landed as (select * from {{ landed('social', 'youtube_chart') }}),

final as (
    select
        'social' as source,
        account,
        day,
        part,
        views
    from landed
)

select * from final
