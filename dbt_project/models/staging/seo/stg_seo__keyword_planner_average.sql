-- Grain: one keyword with its average searches over the period of a download.
-- depends_on: {{ source('seo', 'keyword_planner_average') }}
with

landed as (select * from {{ landed('seo', 'keyword_planner_average') }}),

final as (
    select
        'seo' as source,
        account,
        lower(trim(keyword)) as keyword,
        currency,
        avg_monthly_searches,
        competition,
        competition_index,
        period_start,
        period_end
    from landed
)

select * from final
