-- Grain: one e-mail campaign of an account.
{% set tools = [
    ('mailchimp', 'campaigns'), ('klaviyo', 'campaigns'), ('activecampaign', 'campaigns'), ('getresponse', 'campaigns'),
    ('brevo', 'campaigns'), ('omnisend', 'campaigns'), ('hubspot', 'emails'), ('sendgrid', 'campaigns'),
] %}
with

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

{% for tool, table_name in tools %}
{{ tool }} as (select * from {{ ref('stg_' ~ tool ~ '__' ~ table_name) }}),

{% endfor -%}

-- an SMS or a push message is no e-mail
campaigns as (
    {% for tool, _ in tools %}
    select
        source,
        account,
        campaign_id,
        title,
        {{ 'send_at' if tool == 'mailchimp' else 'sent_at' }} as sent_at,
        recipients,
        delivered,
        unique_opens,
        forwards,
        unique_clicks,
        unsubscribes,
        bounces,
        complaints,
        -- a tool that never ascribed a sale has no shop connected to it: its 0 tells nothing
        case when max(revenue) over (partition by account) > 0 then revenue end as revenue,
        mailing_kind
    from {{ tool }}
    {% if tool not in ['mailchimp', 'activecampaign', 'getresponse'] %}
    where channel = 'email'
    {% endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- the send time stands in the account's own zone already
dated as (
    select
        campaigns.*,
        cast(campaigns.sent_at as date) as day,
        accounts.market,
        accounts.currency
    from campaigns
    inner join accounts on campaigns.source = accounts.source and campaigns.account = accounts.account
),

-- what a tool does not state stays unknown: a mailing without it stands on neither side of a rate
final as (
    select
        dated.campaign_id,
        dated.source,
        dated.account,
        dated.day,
        dated.title,
        dated.market,
        dated.recipients,
        dated.delivered,
        dated.unique_opens,
        dated.forwards,
        dated.unique_clicks,
        dated.unsubscribes,
        dated.bounces,
        dated.complaints,
        {{ to_reporting(
            'dated.revenue', 'case when dated.currency = settings.reporting_currency then 1 else fx.rate end',
            'settings.minor_unit'
        ) }} as revenue,
        dated.mailing_kind
    from dated
    cross join settings
    left join fx on dated.currency = fx.currency and dated.day = fx.day
)

select * from final
