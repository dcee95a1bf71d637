-- Grain: one mention as one query found it.
-- depends_on: {{ source('listening', 'brand24') }}
with

landed as (select * from {{ landed('listening', 'brand24') }}),

final as (
    select
        'listening' as source,
        account,
        'brand24' as tool,
        lower(trim(query)) as query,
        mentioned_at,
        sentiment,
        nullif(trim(url), '') as url,
        reach,
        nullif(trim(product), '') as product,
        _exported_at as exported_at,
        _batch_id as batch_id,
        _row as landed_row
    from landed
)

select * from final
