-- Grain: one page of a property over a whole period. The rare ones are withheld: never summed to a total.
-- depends_on: {{ source('search_console', 'pages') }}
with

landed as (select * from {{ landed('search_console', 'pages') }}),

final as (
    select
        'search_console' as source,
        account,
        page,
        clicks,
        impressions,
        position,
        _is_filtered as is_filtered,
        period_start,
        period_end
    from landed
)

select * from final
