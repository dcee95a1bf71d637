-- Grain: one row of the ad report per account and day. Detail, never added to an account's totals.
-- depends_on: {{ source('google_ads', 'ad_daily') }}
with

landed as (select * from {{ landed('google_ads', 'ad_daily') }}),

final as (
    select
        'google_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- names
        ad_status,
        ad_type,
        ad_id,
        ad_name,
        headline,
        final_url,
        campaign,
        ad_group,
        campaign_type,

        ---------- numbers
        impressions,
        clicks,
        cost,
        conversions,

        day
    from landed
)

select * from final
