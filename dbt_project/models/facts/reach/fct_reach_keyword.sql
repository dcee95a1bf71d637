-- Grain: one row of the keyword report: day × campaign × ad group × keyword × match type × device. Never a total.
with

keywords as (select * from {{ ref('stg_google_ads__keyword_daily') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

numbered as (
    select
        *,
        row_number() over (
            partition by source, account, day, campaign, ad_group, keyword, match_type, device
            order by batch_id, landed_row
        ) as duplicate_number
    from keywords
),

final as (
    select
        {{ key_of([
            'numbered.source', 'numbered.account', 'numbered.day', 'numbered.campaign', 'numbered.ad_group',
            'numbered.keyword', 'numbered.match_type', 'numbered.device', 'numbered.duplicate_number'
        ]) }} as keyword_row_id,
        numbered.source,
        numbered.account,
        numbered.day,
        numbered.campaign,
        numbered.ad_group,
        numbered.keyword,
        numbered.match_type,
        numbered.device,
        accounts.market,
        coalesce(numbered.impressions, 0) as impressions,
        numbered.clicks,
        {{ cost_to_reporting(
            'coalesce(numbered.cost, 0)',
            'case when accounts.currency = settings.reporting_currency then 1 else fx.rate end'
        ) }} as cost,
        numbered.quality_score
    from numbered
    inner join accounts on numbered.source = accounts.source and numbered.account = accounts.account
    cross join settings
    left join fx on accounts.currency = fx.currency and numbered.day = fx.day
)

select * from final
