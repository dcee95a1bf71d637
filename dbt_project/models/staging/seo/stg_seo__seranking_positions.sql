-- Grain: one keyword and day of a search engine.
-- depends_on: {{ source('seo', 'seranking_positions') }}
with

landed as (select * from {{ landed('seo', 'seranking_positions') }}),

final as (
    select
        'seo' as source,
        account,
        search_engine,
        keyword,
        url,
        keyword_tags,
        search_volume,
        day,
        position
    from landed
)

select * from final
