-- Grain: one paid term of a subscription.
with

subscriptions as (
    select * from {{ ref('int_subscriptions') }}
    where kind = 'term'
),

settings as (select * from {{ source('house', 'settings') }}),

final as (
    select
        subscriptions.subscription_term_id as term_id,
        subscriptions.source,
        subscriptions.account,
        subscriptions.subscription_id,
        subscriptions.person_id,
        subscriptions.market,
        subscriptions.started_on,
        subscriptions.ends_on,
        subscriptions.renewed_on,
        -- the run's own day is not over
        subscriptions.ends_on < settings.as_of as has_ended,
        coalesce(subscriptions.renewed_on <= {{ add_days('subscriptions.ends_on', 30) }}, false) as is_renewed_30d,
        subscriptions.mrr
    from subscriptions
    cross join settings
)

select * from final
