-- Grain: one trial or paid term of a subscription.
-- depends_on: {{ source('plan', 'subscriptions') }}
with

landed as (select * from {{ landed('plan', 'subscriptions') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'plan' as source,
        account,
        subscription_id,
        email_hash,
        phone_hash,
        lower(trim(kind)) as kind,
        started_on,
        ends_on,
        paid_on,
        renewed_on,
        {{ excluded_by('email_hash', 'email') }}
        or {{ excluded_by('phone_hash', 'phone') }} as is_excluded
    from landed
)

select * from final
