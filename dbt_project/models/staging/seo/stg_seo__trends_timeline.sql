-- Grain: one term, place and moment of Google Trends.
-- depends_on: {{ source('seo', 'trends_timeline') }}
with

landed as (select * from {{ landed('seo', 'trends_timeline') }}),

final as (
    select
        'seo' as source,
        account,
        category,
        granularity,
        moment,
        trim(regexp_replace(series, ': [(][^()]*[)]$', '')) as term,
        nullif(regexp_extract(series, ': [(]([^()]*)[)]$', 1), '') as place,
        case when interest_is is null then interest end as interest,
        case when interest_is = '<' then interest end as interest_below,
        _exported_at as downloaded_at
    from landed
)

select * from final
