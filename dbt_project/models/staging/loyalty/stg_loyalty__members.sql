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
        coalesce(email_hash in (select value from exclusions where kind = 'email'), false)
        or coalesce(phone_hash in (select value from exclusions where kind = 'phone'), false) as is_excluded
    from landed
)

select * from final
