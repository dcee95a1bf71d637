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
        soft_bounces + hard_bounces as bounces,
        abuse_complaints as complaints,
        revenue,
        -- the report does not say which mails an automation sent
        cast(null as string) as mailing_kind,
        send_at
    from landed
)

select * from final
