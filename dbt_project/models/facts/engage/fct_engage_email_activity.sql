-- Grain: one event of one recipient of an account's mails: kind, time and campaign tell events apart.
with

klaviyo as (select * from {{ ref('stg_klaviyo__email_activity') }}),

activecampaign as (select * from {{ ref('stg_activecampaign__email_activity') }}),

getresponse as (select * from {{ ref('stg_getresponse__email_activity') }}),

sendgrid as (select * from {{ ref('stg_sendgrid__email_activity') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

events as (
    select * from klaviyo
    union all
    select * from activecampaign
    union all
    select * from getresponse
    union all
    select * from sendgrid
),

-- two words for one thing at one time are one event; it is a person's where one of them says so
distinct_events as (
    select
        source,
        account,
        email_hash,
        kind,
        occurred_at,
        campaign_id,
        min(case when is_machine then 1 else 0 end) = 1 as is_machine
    from events
    where not is_excluded
    group by source, account, email_hash, kind, occurred_at, campaign_id
),

final as (
    select
        {{ key_of([
            'distinct_events.source', 'distinct_events.account', 'distinct_events.email_hash', 'distinct_events.kind',
            'distinct_events.occurred_at', 'distinct_events.campaign_id'
        ]) }} as email_event_id,
        distinct_events.source,
        distinct_events.account,
        distinct_events.email_hash,
        accounts.market,
        distinct_events.kind,
        distinct_events.occurred_at,
        {{ local_day('distinct_events.occurred_at', 'accounts.time_zone') }} as day,
        distinct_events.campaign_id,
        distinct_events.is_machine
    from distinct_events
    inner join accounts on distinct_events.source = accounts.source and distinct_events.account = accounts.account
)

select * from final
