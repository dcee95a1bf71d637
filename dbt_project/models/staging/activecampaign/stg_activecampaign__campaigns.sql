-- Grain: one e-mail campaign, with its results to date.
-- depends_on: {{ source('activecampaign', 'campaigns') }}
with

landed as (select * from {{ landed('activecampaign', 'campaigns') }}),

final as (
    select
        'activecampaign' as source,
        account,
        campaign_id,
        title,
        list_name,
        sent_at,
        recipients,
        coalesce(delivered, recipients - bounces) as delivered,
        unique_opens - coalesce(unique_machine_opens, 0) as unique_opens,
        forwards,
        unique_clicks,
        unsubscribes,
        bounces,
        complaints,
        revenue,
        {{ mailing_kind('mailing_kind') }} as mailing_kind
    from landed
)

select * from final
