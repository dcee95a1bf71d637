-- Grain: one e-mail campaign.
with

campaigns as (select * from {{ ref('stg_mailchimp__campaigns') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

final as (
    select
        campaigns.campaign_id,
        campaigns.source,
        campaigns.account,
        -- the send time stands in the account's own zone already
        cast(campaigns.send_at as date) as day,
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
