-- Grain: one row of a search terms report over a whole period, per account. Detail, never added to an account's totals.
-- depends_on: {{ source('google_ads', 'search_term_period') }}
with

landed as (select * from {{ landed('google_ads', 'search_term_period') }}),

final as (
    select
        'google_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- names
        search_term,
        match_type,
        added_excluded,
        campaign,
        ad_group,
        campaign_type,

        ---------- numbers
        impressions,
        clicks,
        cost,
        conversions,

        period_start,
        period_end
    from landed
)

select * from final
