-- Grain: one row of a daily ads report of any ad source, whatever its level.
with

google as (select * from {{ ref('stg_google_ads__campaign_daily') }}),

meta as (select * from {{ ref('stg_meta_ads__ads_daily') }}),

tiktok as (select * from {{ ref('stg_tiktok_ads__ads_daily') }}),

alike as (
    {% for source, tables in alike_ads().items() %}
    select * from {{ ref('stg_' ~ source ~ '__' ~ tables.daily) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

campaign_types as (select * from {{ ref('campaign_types') }}),

channels as (select * from {{ ref('channels') }}),

google_rows as (
    select
        google.source,
        google.account,
        google.batch_id,
        google.landed_row,
        google.day,
        'campaign' as report_level,
        google.campaign,
        cast(null as string) as ad_set,
        cast(null as string) as ad,
        cast(null as string) as breakdown,
        coalesce(campaign_types.channel, google.default_channel) as channel,
        google.impressions,
        google.clicks,
        false as has_unknown_clicks,
        google.cost,
        -- conversions are whatever the account counts; only some accounts count purchases alone
        case when accounts.conversions_are_purchases then google.conversions end as purchases,
        cast(null as double) as purchase_results,
        google.conversion_value as purchase_value,
        accounts.conversions_are_purchases and google.states_conversion_value as states_purchase_value
    from google
    left join accounts on google.source = accounts.source and google.account = accounts.account
    left join campaign_types on lower(trim(google.campaign_type)) = campaign_types.campaign_type
),

-- Meta, TikTok and all others report at the level of the finest name that the report has a column for
meta_batches as (
    select
        batch_id,
        case
            when count(ad) > 0 then 'ad'
            when count(ad_set) > 0 then 'ad_group'
            else 'campaign'
        end as report_level
    from meta
    group by batch_id
),

meta_rows as (
    select
        meta.source,
        meta.account,
        meta.batch_id,
        meta.landed_row,
        meta.day,
        meta_batches.report_level,
        meta.campaign,
        meta.ad_set,
        meta.ad,
        nullif(concat_ws(' / ', meta.gender, meta.age), '') as breakdown,
        meta.default_channel as channel,
        meta.impressions,
        meta.link_clicks as clicks,
        false as has_unknown_clicks,
        meta.cost,
        meta.purchases,
        -- a result is a purchase only where its type says so
        case when lower(meta.result_type) like '%purchase%' then coalesce(meta.results, 0) end as purchase_results,
        meta.purchase_value,
        meta.states_purchase_value
    from meta
    inner join meta_batches on meta.batch_id = meta_batches.batch_id
),

tiktok_batches as (
    select
        batch_id,
        case
            when count(ad) > 0 then 'ad'
            when count(ad_set) > 0 then 'ad_group'
            else 'campaign'
        end as report_level
    from tiktok
    group by batch_id
),

tiktok_rows as (
    select
        tiktok.source,
        tiktok.account,
        tiktok.batch_id,
        tiktok.landed_row,
        tiktok.day,
        tiktok_batches.report_level,
        tiktok.campaign,
        tiktok.ad_set,
        tiktok.ad,
        cast(null as string) as breakdown,
        tiktok.default_channel as channel,
        tiktok.impressions,
        tiktok.clicks,
        tiktok.has_unknown_clicks,
        tiktok.cost,
        tiktok.purchases,
        cast(null as double) as purchase_results,
        tiktok.purchase_value,
        tiktok.states_purchase_value
    from tiktok
    inner join tiktok_batches on tiktok.batch_id = tiktok_batches.batch_id
),

alike_batches as (
    select
        batch_id,
        case
            when count(ad) > 0 then 'ad'
            when count(ad_set) > 0 then 'ad_group'
            else 'campaign'
        end as report_level
    from alike
    group by batch_id
),

alike_rows as (
    select
        alike.source,
        alike.account,
        alike.batch_id,
        alike.landed_row,
        alike.day,
        alike_batches.report_level,
        alike.campaign,
        alike.ad_set,
        alike.ad,
        cast(null as string) as breakdown,
        coalesce(channels.channel, campaign_types.channel, alike.default_channel) as channel,
        alike.impressions,
        alike.clicks,
        alike.has_unknown_clicks,
        alike.cost,
        coalesce(
            alike.purchases, case when accounts.conversions_are_purchases then alike.conversions end
        ) as purchases,
        cast(null as double) as purchase_results,
        coalesce(
            alike.purchase_value, case when accounts.conversions_are_purchases then alike.conversion_value end
        ) as purchase_value,
        alike.states_purchase_value
        or (accounts.conversions_are_purchases and alike.states_conversion_value) as states_purchase_value
    from alike
    inner join alike_batches on alike.batch_id = alike_batches.batch_id
    left join accounts on alike.source = accounts.source and alike.account = accounts.account
    left join channels on alike.channel = channels.channel
    left join campaign_types on lower(trim(alike.campaign_type)) = campaign_types.campaign_type
),

rows_of_all as (
    select * from google_rows
    union all
    select * from meta_rows
    union all
    select * from tiktok_rows
    union all
    select * from alike_rows
),

-- a blank cell of a column that the report has is a zero; a column that it does not have is not stated;
-- what the report masks (`<5`) is neither
stated as (
    select
        *,
        count(case when clicks is not null or has_unknown_clicks then 1 end) over (partition by batch_id) > 0
            as states_clicks,
        count(purchases) over (partition by batch_id) > 0 as states_purchases
    from rows_of_all
),

converted as (
    select
        stated.source,
        stated.account,
        stated.day,
        stated.report_level,
        case stated.report_level when 'campaign' then 1 when 'ad_group' then 2 else 3 end as level_rank,
        stated.campaign,
        stated.ad_set,
        stated.ad,
        stated.breakdown,
        stated.channel,
        accounts.market,
        accounts.currency,
        coalesce(stated.impressions, 0) as impressions,
        case when stated.states_clicks and not stated.has_unknown_clicks then coalesce(stated.clicks, 0) end as clicks,
        cast(
            case
                when stated.states_purchases then coalesce(stated.purchases, 0)
                else stated.purchase_results
            end as decimal(18, 6)
        ) as purchases,
        cast(coalesce(stated.cost, 0) as decimal(18, 6)) as cost_account,
        {{ cost_to_reporting(
            'coalesce(stated.cost, 0)',
            'case when accounts.currency = settings.reporting_currency then 1 else fx.rate end'
        ) }} as cost,
        case
            when stated.states_purchase_value
                then {{ cost_to_reporting(
                    'coalesce(stated.purchase_value, 0)',
                    'case when accounts.currency = settings.reporting_currency then 1 else fx.rate end'
                ) }}
        end as purchase_value,
        row_number() over (
            partition by
                stated.source, stated.account, stated.day, stated.report_level,
                stated.campaign, stated.ad_set, stated.ad, stated.breakdown
            order by stated.batch_id, stated.landed_row
        ) as duplicate_number
    from stated
    inner join accounts on stated.source = accounts.source and stated.account = accounts.account
    cross join settings
    left join fx on accounts.currency = fx.currency and stated.day = fx.day
),

final as (
    select
        -- ads of one name are different ads: their rows are kept and numbered
        {{ key_of([
            'source', 'account', 'day', 'report_level', 'campaign', 'ad_set', 'ad', 'breakdown', 'duplicate_number'
        ]) }} as ads_row_id,
        *
    from converted
)

select * from final
