-- Grain: one query of a list of Google Trends.
-- depends_on: {{ source('seo', 'trends_queries') }}
with

landed as (select * from {{ landed('seo', 'trends_queries') }}),

final as (
    select
        'seo' as source,
        account,
        kind,
        query,
        case when interest_is is null then interest end as interest,
        lower(increase) = 'breakout' as is_breakout,
        try_cast(replace(replace(increase, ',', ''), '%', '') as double) / 100 as increase
    from landed
)

select * from final
