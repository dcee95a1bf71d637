-- Grain: one message of a chat, SMS or push account.
with

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

zalo_oa as (
    select
        source,
        account,
        message_id,
        message_type,
        title,
        sent_at,
        sent,
        delivered,
        reads,
        clicks,
        opt_outs,
        cost
    from {{ ref('stg_zalo_oa__messages') }}
),

-- the text and push messages of an e-mail tool; a text message tells no reads
klaviyo as (
    select
        source,
        account,
        campaign_id as message_id,
        channel as message_type,
        title,
        sent_at,
        recipients as sent,
        delivered,
        unique_opens as reads,
        unique_clicks as clicks,
        unsubscribes as opt_outs,
        cast(null as decimal(18, 6)) as cost
    from {{ ref('stg_klaviyo__campaigns') }}
    where channel <> 'email'
),

-- the e-mail tool states its send times in the zone of the account already
dated as (
    select
        zalo_oa.*,
        {{ local_day('zalo_oa.sent_at', 'accounts.time_zone') }} as day,
        accounts.market,
        accounts.currency
    from zalo_oa
    inner join accounts on zalo_oa.source = accounts.source and zalo_oa.account = accounts.account
    union all
    select
        klaviyo.*,
        cast(klaviyo.sent_at as date) as day,
        accounts.market,
        accounts.currency
    from klaviyo
    inner join accounts on klaviyo.source = accounts.source and klaviyo.account = accounts.account
),

final as (
    select
        dated.message_id,
        dated.source,
        dated.account,
        dated.day,
        dated.message_type,
        dated.title,
        '{{ default_channel('zalo_oa', 'messages') }}' as channel,
        dated.market,
        dated.sent,
        dated.delivered,
        dated.reads,
        dated.clicks,
        {{ cost_to_reporting(
            'dated.cost', 'case when dated.currency = settings.reporting_currency then 1 else fx.rate end'
        ) }} as cost,
        dated.opt_outs
    from dated
    cross join settings
    left join fx on dated.currency = fx.currency and dated.day = fx.day
)

select * from final
