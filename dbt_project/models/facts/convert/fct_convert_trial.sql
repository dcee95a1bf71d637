-- Grain: one trial of a subscription.
with

subscriptions as (
    select * from {{ ref('int_subscriptions') }}
    where kind = 'trial'
),

final as (
    select
        subscription_term_id as trial_id,
        source,
        account,
        subscription_id,
        person_id,
        market,
        started_on,
        ends_on,
        paid_on,
        coalesce(paid_on <= {{ add_days('ends_on', 30) }}, false) as is_converted_30d
    from subscriptions
)

select * from final
