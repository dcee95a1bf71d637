-- Grain: one keyword and country in which a domain ranks or ranked.
-- depends_on: {{ source('seo', 'ahrefs_organic_keywords') }}
with

landed as (select * from {{ landed('seo', 'ahrefs_organic_keywords') }}),

final as (
    select
        'seo' as source,
        account,
        keyword,
        country,
        search_volume,
        keyword_difficulty,
        previous_traffic,
        traffic,
        previous_position,
        position,
        url,
        previous_date,
        read_at,
        is_branded
    from landed
)

select * from final
