-- Grain: one related query of Google Trends.
-- depends_on: {{ source('seo', 'trends_related') }}
with

landed as (select * from {{ landed('seo', 'trends_related') }}),

final as (
    select
        'seo' as source,
        account,
        category,
        term,
        kind,
        query,
        score
    from landed
)

select * from final
