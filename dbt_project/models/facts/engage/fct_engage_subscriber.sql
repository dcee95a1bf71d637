-- Grain: one address of a list that ever subscribed.
with

audience as (
    select * from {{ ref('stg_mailchimp__audience') }}
    where not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

dated as (
    select
        audience.source,
        audience.account,
        audience.email_hash,
        audience.status,
        accounts.market,
        {{ local_day('coalesce(audience.confirm_at, audience.optin_at)', 'accounts.time_zone') }} as subscribed_on,
        -- an address that left without a time left when it last changed
        {{ local_day(
            "coalesce(
                least(coalesce(audience.unsub_at, audience.clean_at), coalesce(audience.clean_at, audience.unsub_at)),
                case when audience.status in ('unsubscribed', 'cleaned') then audience.last_changed_at end
            )", 'accounts.time_zone'
        ) }} as ended_on
    from audience
    inner join accounts on audience.source = accounts.source and audience.account = accounts.account
),

final as (
    select
        source,
        account,
        email_hash,
        market,
        subscribed_on,
        ended_on,
        status
    from dated
    where subscribed_on is not null
)

select * from final
