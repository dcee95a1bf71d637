-- Grain: one membership of the loyalty programme.
-- depends_on: {{ source('loyalty', 'members') }}
with

landed as (select * from {{ landed('loyalty', 'members') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'loyalty' as source,
        account,
        member_hash,
        email_hash,
        phone_hash,
        joined_on,
        left_on,
        {{ excluded_by('email_hash', 'email') }}
        or {{ excluded_by('phone_hash', 'phone') }} as is_excluded
    from landed
)

select * from final
