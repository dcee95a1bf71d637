-- Grain: one ad of a report over a whole period, per account. Kept and compared, never spread over days.
-- depends_on: {{ source('meta_ads', 'ads_period') }}
with

landed as (select * from {{ landed('meta_ads', 'ads_period') }}),

final as (
    select
        'meta_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        campaign,
        ad_set,
        ad,
        gender,
        age,
        result_type,
        '{{ default_channel('meta_ads', 'ads_period') }}' as default_channel,
        impressions,
        reach,
        link_clicks,
        cost,
        results,
        purchases,
        period_start,
        period_end
    from landed
)

select * from final
