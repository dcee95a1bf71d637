-- Grain: one row of the campaign report per account and day.
-- depends_on: {{ source('google_ads', 'campaign_daily') }}
with

landed as (select * from {{ landed('google_ads', 'campaign_daily') }}),

final as (
    select
        'google_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- names
        campaign_id,
        campaign,
        campaign_type,
        campaign_status,
        '{{ default_channel('google_ads', 'campaign_daily') }}' as default_channel,

        ---------- numbers
        impressions,
        clicks,
        cost,
        conversions,
        conversion_value,
        conversion_value_header is not null as states_conversion_value,

        day
    from landed
)

select * from final
