-- Grain: one person who may ask for help.
-- depends_on: {{ source('zendesk', 'users') }}
with

landed as (select * from {{ landed('zendesk', 'users') }}),

final as (
    select
        'zendesk' as source,
        account,
        requester_key,
        email_hash
    from landed
)

select * from final
