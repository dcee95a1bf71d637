-- Grain: one row of the daily ads report per account and day.
-- depends_on: {{ source('tiktok_ads', 'ads_daily') }}
with

landed as (select * from {{ landed('tiktok_ads', 'ads_daily') }}),

final as (
    select
        'tiktok_ads' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- names
        campaign,
        ad_set,
        ad,
        '{{ default_channel('tiktok_ads', 'ads_daily') }}' as default_channel,

        ---------- numbers
        impressions,
        reach,
        -- `<5` is no count: how many there were is not known
        case when clicks_qualifier is null then clicks end as clicks,
        clicks_qualifier is not null as has_unknown_clicks,
        cost,
        purchases,
        purchase_value,
        purchase_value_header is not null as states_purchase_value,

        day
    from landed
)

select * from final
