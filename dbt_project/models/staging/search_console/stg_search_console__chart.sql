-- Grain: one day of a property's performance on search, whole or filtered.
-- depends_on: {{ source('search_console', 'chart') }}
with

landed as (select * from {{ landed('search_console', 'chart') }}),

final as (
    select
        'search_console' as source,
        account,
        clicks,
        impressions,
        position,
        _is_filtered as is_filtered,
        day
    from landed
)

select * from final
