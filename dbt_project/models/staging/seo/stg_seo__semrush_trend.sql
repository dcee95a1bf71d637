-- Grain: one metric of a domain and day.
-- depends_on: {{ source('seo', 'semrush_trend') }}
with

landed as (select * from {{ landed('seo', 'semrush_trend') }}),

final as (
    select
        'seo' as source,
        account,
        target,
        target_type,
        metric,
        database,
        day,
        value
    from landed
)

select * from final
