-- Grain: one invitation that a customer sent.
-- depends_on: {{ source('referral', 'invitations') }}
with

landed as (select * from {{ landed('referral', 'invitations') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'referral' as source,
        account,
        invitation_id,
        inviter_hash,
        invited_hash,
        invited_at,
        lower(trim(outcome)) as outcome,
        nullif(regexp_replace(trim(order_name), '^#', ''), '') as order_key,
        {{ excluded_by('inviter_hash', 'email') }}
        or {{ excluded_by('invited_hash', 'email') }} as is_excluded
    from landed
)

select * from final
