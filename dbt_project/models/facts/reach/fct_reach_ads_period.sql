-- Grain: one row of an ad platform's report over a whole period, which is shown and never spread over its days.
with

google as (select * from {{ ref('stg_google_ads__campaign_period') }}),

meta as (select * from {{ ref('stg_meta_ads__ads_period') }}),

alike as (
    {% for source, tables in alike_ads().items() if tables.period %}
    select * from {{ ref('stg_' ~ source ~ '__' ~ tables.period) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

accounts as (select * from {{ source('house', 'accounts') }}),

campaign_types as (select * from {{ ref('campaign_types') }}),

channels as (select * from {{ ref('channels') }}),

reported as (
    select
        google.source,
        google.account,
        'campaign_period' as report,
        google.batch_id,
        google.landed_row,
        google.period_start,
        google.period_end,
        google.campaign,
        cast(null as string) as ad_set,
        cast(null as string) as ad,
        cast(null as string) as breakdown,
        coalesce(campaign_types.channel, google.default_channel) as channel,
        google.impressions,
        google.clicks,
        google.cost,
        -- conversions are whatever the account counts; only some accounts count purchases alone
        case when accounts.conversions_are_purchases then google.conversions end as purchases
    from google
    left join accounts on google.source = accounts.source and google.account = accounts.account
    left join campaign_types on lower(trim(google.campaign_type)) = campaign_types.campaign_type
    union all
    select
        source,
        account,
        'ads_period' as report,
        batch_id,
        landed_row,
        period_start,
        period_end,
        campaign,
        ad_set,
        ad,
        nullif(concat_ws(' / ', gender, age), '') as breakdown,
        default_channel as channel,
        impressions,
        link_clicks as clicks,
        cost,
        purchases
    from meta
    union all
    select
        alike.source,
        alike.account,
        'ads_period' as report,
        alike.batch_id,
        alike.landed_row,
        alike.period_start,
        alike.period_end,
        alike.campaign,
        alike.ad_set,
        alike.ad,
        cast(null as string) as breakdown,
        coalesce(channels.channel, campaign_types.channel, alike.default_channel) as channel,
        alike.impressions,
        alike.clicks,
        alike.cost,
        coalesce(
            alike.purchases, case when accounts.conversions_are_purchases then alike.conversions end
        ) as purchases
    from alike
    left join accounts on alike.source = accounts.source and alike.account = accounts.account
    left join channels on alike.channel = channels.channel
    left join campaign_types on lower(trim(alike.campaign_type)) = campaign_types.campaign_type
),

-- a draft that never ran has neither impressions nor cost
final as (
    select
        {{ key_of(['reported.source', 'reported.account', 'reported.report', 'reported.batch_id',
                   'reported.landed_row']) }} as ads_period_id,
        reported.source,
        reported.account,
        reported.report,
        reported.period_start,
        reported.period_end,
        reported.campaign,
        reported.ad_set,
        reported.ad,
        reported.breakdown,
        reported.channel,
        accounts.market,
        accounts.currency,
        coalesce(reported.impressions, 0) as impressions,
        reported.clicks,
        cast(coalesce(reported.cost, 0) as decimal(18, 6)) as cost_account,
        cast(reported.purchases as decimal(18, 6)) as purchases
    from reported
    inner join accounts on reported.source = accounts.source and reported.account = accounts.account
)

select * from final
