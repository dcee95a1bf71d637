-- Grain: how long reply and resolution of one ticket took, as the newest export shows it.
-- depends_on: {{ source('zendesk', 'ticket_metrics') }}
with

landed as (select * from {{ landed('zendesk', 'ticket_metrics') }}),

final as (
    select
        'zendesk' as source,
        account,
        ticket_id,
        first_reply_minutes,
        resolution_minutes,
        solved_at,
        replies,
        reopens,
        _exported_at as exported_at
    from landed
)

select * from final
