-- Grain: one row of the daily ads report per account and day, with its breakdowns.
-- depends_on: {{ source('meta_ads', 'ads_daily') }}
with

landed as (select * from {{ landed('meta_ads', 'ads_daily') }}),

final as (
    select
        'meta_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- names
        campaign,
        ad_set,
        ad,
        gender,
        age,
        result_type,
        '{{ default_channel('meta_ads', 'ads_daily') }}' as default_channel,

        ---------- numbers
        impressions,
        reach,
        link_clicks,
        cost,
        results,
        purchases,
        purchase_value,
        purchase_value_header is not null as states_purchase_value,

        day
    from landed
)

select * from final
