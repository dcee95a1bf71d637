-- Grain: one metric and day of a page's insights. It bears no totals.
-- depends_on: {{ source('social', 'meta_insights_daily') }}
with

landed as (select * from {{ landed('social', 'meta_insights_daily') }}),

final as (
    select
        'social' as source,
        account,
        metric,
        day,
        value
    from landed
)

select * from final
