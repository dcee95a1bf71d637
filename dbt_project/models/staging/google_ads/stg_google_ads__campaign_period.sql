-- Grain: one campaign of a report over a whole period, per account. Kept and compared, never spread over days.
-- depends_on: {{ source('google_ads', 'campaign_period') }}
with

landed as (select * from {{ landed('google_ads', 'campaign_period') }}),

final as (
    select
        'google_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        campaign_id,
        campaign,
        campaign_type,
        '{{ default_channel('google_ads', 'campaign_period') }}' as default_channel,
        impressions,
        clicks,
        cost,
        conversions,
        period_start,
        period_end
    from landed
)

select * from final
