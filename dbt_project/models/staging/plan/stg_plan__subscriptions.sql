-- Grain: one trial or paid term of a subscription.
-- depends_on: {{ source('plan', 'subscriptions') }}
with

landed as (select * from {{ landed('plan', 'subscriptions') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

accounts as (
    select account, time_zone from {{ source('house', 'accounts') }}
    where source = 'plan'
),

final as (
    select
        'plan' as source,
        landed.account,
        subscription_id,
        email_hash,
        phone_hash,
        lower(trim(kind)) as kind,
        started_on,
        ends_on,
        paid_on,
        renewed_on,
        amount,
        landed.currency,
        lower(trim(billing_interval)) as billing_interval,
        {{ local_day('landed._exported_at', 'accounts.time_zone') }} as exported_on,
        {{ excluded_by('email_hash', 'email') }}
        or {{ excluded_by('phone_hash', 'phone') }} as is_excluded
    from landed
    inner join accounts on landed.account = accounts.account
)

select * from final
