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
        consent,
        cast(case when consent then nullif(birth_year, '?') end as integer) as birth_year,
        cast(case when consent then nullif(birth_month, '?') end as integer) as birth_month,
        case when consent and gender in ('female', 'male', 'other') then gender end as gender,
        case when consent then trim(province) end as province,
        case when consent then trim(preferred_category) end as preferred_category,
        {{ excluded_by('email_hash', 'email') }}
        or {{ excluded_by('phone_hash', 'phone') }} as is_excluded
    from landed
)

select * from final
