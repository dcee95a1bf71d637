-- Grain: one use of a feature.
-- depends_on: {{ source('plan', 'app_usage') }}
with

landed as (select * from {{ landed('plan', 'app_usage') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'plan' as source,
        account,
        login_hash,
        email_hash,
        used_at,
        lower(trim(feature)) as feature,
        seconds,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
    where login_hash is not null or email_hash is not null
)

select * from final
