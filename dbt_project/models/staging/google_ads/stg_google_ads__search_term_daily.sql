-- Grain: one row of the search terms report per account and day. Detail, never added to an account's totals.
-- depends_on: {{ source('google_ads', 'search_term_daily') }}
with

landed as (select * from {{ landed('google_ads', 'search_term_daily') }}),

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

        day
    from landed
)

select * from final
