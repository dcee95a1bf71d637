-- Grain: one e-mail campaign, with its results to date.
-- depends_on: {{ source('mailchimp', 'campaigns') }}
with

landed as (select * from {{ landed('mailchimp', 'campaigns') }}),

final as (
    select
        'mailchimp' as source,
        account,
        campaign_id,
        title,
        list,
        recipients,
        delivered,
        unique_opens,
        forwards,
        unique_clicks,
        unsubscribes,
        send_at
    from landed
)

select * from final
