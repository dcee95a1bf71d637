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
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
    where login_hash is not null or email_hash is not null
)

select * from final
