-- Grain: one row of a connector's campaign statistics per account and day. Detail, never added to an account's totals.
-- depends_on: {{ source('google_ads', 'connector_campaign_daily') }}
with

landed as (select * from {{ landed('google_ads', 'connector_campaign_daily') }}),

final as (
    select
        'google_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- names
        campaign_id,
        device,
        network,

        ---------- numbers
        impressions,
        clicks,
        cast(cast(cost_micros as decimal(18, 0)) * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)) as cost,
        conversions,

        day
    from landed
)

select * from final
