-- Grain: one mailing on one day: the mails of a single send, automation, campaign or category that were sent on it.
-- depends_on: {{ source('sendgrid', 'events') }}
with

landed as (select * from {{ landed('sendgrid', 'events') }}),

kinds as (select * from {{ ref('email_events') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

events as (
    select
        landed.*,
        kinds.kind,
        accounts.time_zone,
        -- which events are posted is chosen in SendGrid: a kind of which an account has none at all is not told
        max(case when kinds.kind = 'sent' then 1 else 0 end) over (partition by landed.account) = 1 as tells_sent,
        max(case when kinds.kind = 'delivered' then 1 else 0 end) over (partition by landed.account) = 1
            as tells_delivered,
        max(case when kinds.kind = 'bounce' then 1 else 0 end) over (partition by landed.account) = 1 as tells_bounces,
        max(case when kinds.kind = 'open' then 1 else 0 end) over (partition by landed.account) = 1 as tells_opens,
        max(case when kinds.kind = 'click' then 1 else 0 end) over (partition by landed.account) = 1 as tells_clicks,
        max(case when kinds.kind = 'unsubscribe' then 1 else 0 end) over (partition by landed.account) = 1
            as tells_unsubscribes,
        max(case when kinds.kind = 'complaint' then 1 else 0 end) over (partition by landed.account) = 1
            as tells_complaints
    from landed
    inner join accounts on accounts.source = 'sendgrid' and landed.account = accounts.account
    left join kinds on lower(trim(landed.event)) = kinds.event
    where
        landed.campaign_id is not null
        and landed.message_id is not null
        and not {{ excluded_by('landed.email_hash', 'email') }}
),

mails as (
    select
        account,
        campaign_id,
        message_id,
        email_hash,
        time_zone,
        max(campaign_name) as title,
        case when max(automation) is not null then 'flow' when max(single_send) is not null then 'campaign' end
            as mailing_kind,
        coalesce(
            min(case when kind = 'sent' then occurred_at end),
            min(case when kind in ('delivered', 'bounce') then occurred_at end)
        ) as sent_at,
        {% for tells in ['sent', 'delivered', 'bounces', 'opens', 'clicks', 'unsubscribes', 'complaints'] %}
        max(case when tells_{{ tells }} then 1 else 0 end) = 1 as tells_{{ tells }},
        {% endfor %}
        max(case when kind = 'delivered' then 1 else 0 end) as is_delivered,
        max(case when kind = 'bounce' then 1 else 0 end) as is_bounced,
        max(case when kind = 'open' and not coalesce(is_machine, false) then 1 else 0 end) as is_opened,
        max(case when kind = 'click' then 1 else 0 end) as is_clicked,
        max(case when kind = 'unsubscribe' then 1 else 0 end) as is_unsubscribed,
        max(case when kind = 'complaint' then 1 else 0 end) as is_complained
    from events
    group by account, campaign_id, message_id, email_hash, time_zone
),

dated as (
    select
        *,
        {{ local_day('sent_at', 'time_zone') }} as day
    from mails
    where sent_at is not null
),

final as (
    select
        'sendgrid' as source,
        account,
        concat_ws('', campaign_id, ':', cast(day as string)) as campaign_id,
        coalesce(max(title), campaign_id) as title,
        'email' as channel,
        cast(day as timestamp) as sent_at,
        case when max(cast(tells_sent as integer)) = 1 then count(*) end as recipients,
        case when max(cast(tells_delivered as integer)) = 1 then cast(sum(is_delivered) as bigint) end as delivered,
        case when max(cast(tells_opens as integer)) = 1 then cast(sum(is_opened) as bigint) end as unique_opens,
        cast(null as bigint) as forwards,
        case when max(cast(tells_clicks as integer)) = 1 then cast(sum(is_clicked) as bigint) end as unique_clicks,
        case when max(cast(tells_unsubscribes as integer)) = 1 then cast(sum(is_unsubscribed) as bigint) end
            as unsubscribes,
        case when max(cast(tells_bounces as integer)) = 1 then cast(sum(is_bounced) as bigint) end as bounces,
        case when max(cast(tells_complaints as integer)) = 1 then cast(sum(is_complained) as bigint) end as complaints,
        cast(null as decimal(18, 6)) as revenue,
        max(mailing_kind) as mailing_kind
    from dated
    group by account, campaign_id, day
)

select * from final
