-- Grain: one e-mail campaign of an account.
{% set tools = ['mailchimp', 'klaviyo', 'activecampaign', 'getresponse'] %}
with

accounts as (select * from {{ source('house', 'accounts') }}),

{% for tool in tools %}
{{ tool }} as (select * from {{ ref('stg_' ~ tool ~ '__campaigns') }}),

{% endfor -%}

-- an SMS or a push message of Klaviyo is no e-mail
campaigns as (
    {% for tool in tools %}
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
        unsubscribes
    from {{ tool }}
    {% if tool == 'klaviyo' %}
    where channel = 'email'
    {% endif %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- what a tool does not state stays unknown: a mailing without it stands on neither side of a rate
final as (
    select
        campaigns.campaign_id,
        campaigns.source,
        campaigns.account,
        -- the send time stands in the account's own zone already
        cast(campaigns.sent_at as date) as day,
        campaigns.title,
        accounts.market,
        campaigns.recipients,
        campaigns.delivered,
        campaigns.unique_opens,
        campaigns.forwards,
        campaigns.unique_clicks,
        campaigns.unsubscribes
    from campaigns
    inner join accounts on campaigns.source = accounts.source and campaigns.account = accounts.account
)

select * from final
