-- Grain: one message, as the newest export of it shows it.
-- depends_on: {{ source('messages_file', 'messages') }}
with

landed as (select * from {{ landed('messages_file', 'messages') }}),

-- what is sent again under one name is another message
final as (
    select
        'messages_file' as source,
        account,
        {{ told_apart('message_id', 'sent_at') }} as message_id,
        title,
        message_type,
        sent_at,
        sent,
        delivered,
        reads,
        clicks,
        opt_outs,
        cost
    from landed
)

select * from final
