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

final as (
    select
        campaigns.campaign_id,
        campaigns.source,
        campaigns.account,
        -- the send time stands in the account's own zone already
        cast(campaigns.sent_at as date) as day,
        campaigns.title,
        accounts.market,
        coalesce(campaigns.recipients, 0) as recipients,
        coalesce(campaigns.delivered, 0) as delivered,
        coalesce(campaigns.unique_opens, 0) as unique_opens,
        coalesce(campaigns.forwards, 0) as forwards,
        coalesce(campaigns.unique_clicks, 0) as unique_clicks,
        coalesce(campaigns.unsubscribes, 0) as unsubscribes
    from campaigns
    inner join accounts on campaigns.source = accounts.source and campaigns.account = accounts.account
)

select * from final
