-- Grain: one ticket as the newest export of the API shows it.
-- depends_on: {{ source('zendesk', 'tickets') }}
with

landed as (select * from {{ landed('zendesk', 'tickets') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'zendesk' as source,
        account,
        ticket_id,
        created_at,
        updated_at,
        lower(status) as status,
        channel,
        requester_key,
        email_hash,
        {{ spaced_tags('tags') }} as tags,
        {{ ticket_rating('satisfaction') }} as rating,
        rating_sentiment,
        _exported_at as exported_at,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
)

select * from final
