-- Grain: one ticket as the newest report export shows it.
-- depends_on: {{ source('zendesk', 'ticket_report') }}
with

landed as (select * from {{ landed('zendesk', 'ticket_report') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'zendesk' as source,
        account,
        ticket_id,
        created_at,
        updated_at,
        solved_at,
        lower(status) as status,
        channel,
        requester_key,
        email_hash,
        {{ spaced_tags('tags') }} as tags,
        {{ ticket_rating('satisfaction') }} as rating,
        first_reply_minutes,
        resolution_minutes,
        replies,
        reopens,
        _exported_at as exported_at,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
)

select * from final
