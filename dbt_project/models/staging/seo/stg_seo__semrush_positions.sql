-- Grain: one keyword and page that ranks.
-- depends_on: {{ source('seo', 'semrush_positions') }}
with

landed as (select * from {{ landed('seo', 'semrush_positions') }}),

final as (
    select
        'seo' as source,
        account,
        keyword,
        position,
        previous_position,
        search_volume,
        keyword_difficulty,
        cpc,
        url,
        traffic,
        crawled_on
    from landed
)

select * from final
