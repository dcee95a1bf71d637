-- Grain: one invitation to the survey.
-- depends_on: {{ source('nps', 'invitations') }}
with

landed as (select * from {{ landed('nps', 'invitations') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'nps' as source,
        account,
        invitation_id,
        email_hash,
        order_name,
        invited_at,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
)

select * from final
