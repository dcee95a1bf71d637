-- Grain: one query in one export, with the time that the export's mentions of it span.
-- depends_on: {{ source('listening', 'brand24') }}
with

landed as (select * from {{ landed_states('listening', 'brand24') }}),

final as (
    select
        'listening' as source,
        account,
        'brand24' as tool,
        exported_at,
        lower(trim(query)) as query,
        min(mentioned_at) as first_mentioned_at,
        max(mentioned_at) as last_mentioned_at
    from landed
    group by account, exported_at, lower(trim(query))
)

select * from final
