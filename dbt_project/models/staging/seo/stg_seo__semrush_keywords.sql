-- Grain: one keyword of a list.
-- depends_on: {{ source('seo', 'semrush_keywords') }}
with

landed as (select * from {{ landed('seo', 'semrush_keywords') }}),

final as (
    select
        'seo' as source,
        account,
        keyword,
        intent,
        search_volume,
        keyword_difficulty,
        cpc,
        cpc_header
    from landed
)

select * from final
