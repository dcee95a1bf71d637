-- Grain: one keyword of a report over a whole period, per account. Kept, never spread over days.
-- depends_on: {{ source('google_ads', 'keyword_period') }}
with

landed as (select * from {{ landed('google_ads', 'keyword_period') }}),

final as (
    select
        'google_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        campaign,
        ad_group,
        keyword,
        match_type,
        device,
        impressions,
        clicks,
        cost,
        conversions,
        quality_score,
        period_start,
        period_end
    from landed
)

select * from final
