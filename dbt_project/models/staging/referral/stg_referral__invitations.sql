-- Grain: one invitation that a customer sent.
-- depends_on: {{ source('referral', 'invitations') }}
with

landed as (select * from {{ landed('referral', 'invitations') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

excluded_addresses as (select value from exclusions where kind = 'email'),

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
        coalesce(inviter_hash in (select value from excluded_addresses), false)
        or coalesce(invited_hash in (select value from excluded_addresses), false) as is_excluded
    from landed
)

select * from final
