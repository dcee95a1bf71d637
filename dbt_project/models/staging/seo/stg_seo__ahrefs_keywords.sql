-- Grain: one keyword and country.
-- depends_on: {{ source('seo', 'ahrefs_keywords') }}
with

landed as (select * from {{ landed('seo', 'ahrefs_keywords') }}),

final as (
    select
        'seo' as source,
        account,
        keyword,
        country,
        keyword_difficulty,
        search_volume,
        global_volume,
        traffic_potential,
        updated_at
    from landed
)

select * from final
