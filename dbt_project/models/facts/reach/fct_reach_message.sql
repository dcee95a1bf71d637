-- Grain: one message of a chat, SMS or push account.
with

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

{% for tool in ['zalo_oa', 'messages_file'] %}
{{ tool }} as (select * from {{ ref('stg_' ~ tool ~ '__messages') }}),

{% endfor -%}

{% for tool, table_name in [('klaviyo', 'campaigns'), ('omnisend', 'campaigns')] %}
{{ tool }} as (
    select * from {{ ref('stg_' ~ tool ~ '__' ~ table_name) }}
    where channel <> 'email'
),

{% endfor -%}

messages as (
    {% for tool in ['zalo_oa', 'messages_file'] %}
    select
        {{ tool }}.source,
        {{ tool }}.account,
        {{ tool }}.message_id,
        {{ tool }}.message_type,
        {{ tool }}.title,
        {{ local_day(tool ~ '.sent_at', 'accounts.time_zone') }} as day,
        {{ tool }}.sent,
        {{ tool }}.delivered,
        {{ tool }}.reads,
        {{ tool }}.clicks,
        {{ tool }}.opt_outs,
        {{ tool }}.cost
    from {{ tool }}
    inner join accounts on {{ tool }}.source = accounts.source and {{ tool }}.account = accounts.account
    union all
    {% endfor %}
    -- text and push messages of e-mail tools; they state their send times in the zone of the account already
    {% for tool in ['klaviyo', 'omnisend'] %}
    select
        source,
        account,
        campaign_id as message_id,
        channel as message_type,
        title,
        cast(sent_at as date) as day,
        recipients as sent,
        delivered,
        -- nobody can tell whether a text message is read
        case when channel <> 'sms' then unique_opens end as reads,
        unique_clicks as clicks,
        unsubscribes as opt_outs,
        cast(null as decimal(18, 6)) as cost
    from {{ tool }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

dated as (
    select
        messages.*,
        accounts.market,
        accounts.currency
    from messages
    inner join accounts on messages.source = accounts.source and messages.account = accounts.account
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
