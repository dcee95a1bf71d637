-- Grain: one row of a connector's ad statistics per account and day. Detail, never added to totals.
-- depends_on: {{ source('meta_ads', 'connector_ad_daily') }}
with

landed as (select * from {{ landed('meta_ads', 'connector_ad_daily') }}),

final as (
    select
        'meta_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        ad_id,
        impressions,
        link_clicks,
        cost,
        day
    from landed
)

select * from final
