-- Grain: one row of a connector's search term statistics per account and day. Detail, never added to totals.
-- depends_on: {{ source('google_ads', 'connector_search_term_daily') }}
with

landed as (select * from {{ landed('google_ads', 'connector_search_term_daily') }}),

final as (
    select
        'google_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- names
        campaign_id,
        ad_group_id,
        search_term,
        search_term_match_type,
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
