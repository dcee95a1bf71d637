-- Grain: one mention as one query found it.
-- depends_on: {{ source('listening', 'brandwatch') }}
with

landed as (select * from {{ landed('listening', 'brandwatch') }}),

final as (
    select
        'listening' as source,
        account,
        'brandwatch' as tool,
        lower(trim(query)) as query,
        mentioned_at,
        sentiment,
        nullif(trim(url), '') as url,
        reach,
        cast(null as string) as product,
        _exported_at as exported_at,
        _batch_id as batch_id,
        _row as landed_row
    from landed
)

select * from final
