-- Grain: one row of a connector's ad statistics per account and day or hour. Detail, never added to totals.
-- depends_on: {{ source('tiktok_ads', 'connector_ad_daily') }}
with

landed as (select * from {{ landed('tiktok_ads', 'connector_ad_daily') }}),

final as (
    select
        'tiktok_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        campaign_id,
        ad_id,
        impressions,
        clicks,
        cost,
        day
    from landed
)

select * from final
