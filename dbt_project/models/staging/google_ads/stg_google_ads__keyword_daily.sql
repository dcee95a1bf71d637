-- Grain: one row of the keyword report per account and day.
-- depends_on: {{ source('google_ads', 'keyword_daily') }}
with

landed as (select * from {{ landed('google_ads', 'keyword_daily') }}),

final as (
    select
        'google_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- names
        campaign,
        ad_group,
        keyword,
        match_type,
        device,

        ---------- numbers
        impressions,
        clicks,
        cost,
        conversions,
        quality_score,

        day
    from landed
)

select * from final
