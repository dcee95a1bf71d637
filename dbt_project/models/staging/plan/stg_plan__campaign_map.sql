-- Grain: one utm_campaign and the platform campaign it belongs to.
-- depends_on: {{ source('plan', 'campaign_map') }}
with

landed as (select * from {{ landed('plan', 'campaign_map') }}),

final as (
    select
        'plan' as source,
        account,
        _row as landed_row,
        lower(trim(ad_source)) as ad_source,
        nullif(trim(ad_account), '') as ad_account,
        trim(campaign) as campaign,
        lower(trim(utm_campaign)) as utm_campaign,
        lower(nullif(trim(aim), '')) as aim
    from landed
)

select * from final
