-- Grain: one message of a chat or SMS account.
with

messages as (select * from {{ ref('stg_zalo_oa__messages') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

final as (
    select
        messages.message_id,
        messages.source,
        messages.account,
        {{ local_day('messages.sent_at', 'accounts.time_zone') }} as day,
        messages.message_type,
        messages.title,
        '{{ default_channel('zalo_oa', 'messages') }}' as channel,
        accounts.market,
        messages.sent,
        messages.delivered,
        messages.reads,
        messages.clicks
    from messages
    inner join accounts on messages.source = accounts.source and messages.account = accounts.account
)

select * from final
