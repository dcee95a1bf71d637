-- Grain: one campaign of any channel, with its results to date.
-- depends_on: {{ source('klaviyo', 'campaigns') }}
with

landed as (select * from {{ landed('klaviyo', 'campaigns') }}),

final as (
    select
        'klaviyo' as source,
        account,
        campaign_id,
        title,
        list_name,
        lower(trim(channel)) as channel,
        sent_at,
        recipients,
        delivered,
        unique_opens - coalesce(unique_machine_opens, 0) as unique_opens,
        cast(null as bigint) as forwards,
        unique_clicks,
        unsubscribes,
        bounces,
        spam_complaints as complaints,
        revenue,
        -- flows have a report of their own
        'campaign' as mailing_kind
    from landed
)

select * from final
