-- Grain: one account of a customer (a login).
-- depends_on: {{ source('plan', 'account_profiles') }}
with

landed as (select * from {{ landed('plan', 'account_profiles') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'plan' as source,
        account,
        login_hash,
        email_hash,
        lower(trim(site)) as site,
        created_at,
        completed_on,
        consent,
        cast(case when consent then nullif(birth_year, '?') end as integer) as birth_year,
        cast(case when consent then nullif(birth_month, '?') end as integer) as birth_month,
        case when consent and gender in ('female', 'male', 'other') then gender end as gender,
        case when consent then trim(province) end as province,
        case when consent then trim(preferred_category) end as preferred_category,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
    where login_hash is not null or email_hash is not null
)

select * from final
