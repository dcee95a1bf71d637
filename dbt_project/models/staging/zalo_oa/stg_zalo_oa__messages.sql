-- Grain: one message, as the newest export of it shows it.
-- depends_on: {{ source('zalo_oa', 'messages') }}
with

landed as (select * from {{ landed('zalo_oa', 'messages') }}),

final as (
    select
        'zalo_oa' as source,
        account,
        message_id,
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
