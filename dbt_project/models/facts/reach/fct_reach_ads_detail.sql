-- Grain: one detail or period report of an ad account and the days that it speaks for, beside the report that bears
-- them.
{% set daily = {
    'google_ads': [
        'keyword_daily', 'search_term_daily', 'ad_daily', 'connector_campaign_daily', 'connector_keyword_daily',
        'connector_search_term_daily'
    ],
    'meta_ads': ['connector_ad_daily'],
    'tiktok_ads': ['connector_campaign_daily', 'connector_ad_daily']
} %}
{% set over_a_period = ['campaign_period', 'keyword_period', 'search_term_period', 'ad_period'] %}
with

ads as (select * from {{ ref('fct_reach_ads') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

details as (
    {% for source, reports in daily.items() %}
    {% for report in reports %}
    select '{{ report }}' as report, source, account, day as first_day, day as last_day, impressions, cost
    from {{ ref('stg_' ~ source ~ '__' ~ report) }}
    union all
    {% endfor %}
    {% endfor %}
    {% for report in over_a_period %}
    select
        '{{ report }}' as report,
        source,
        account,
        period_start as first_day,
        period_end as last_day,
        impressions,
        cost
    from {{ ref('stg_google_ads__' ~ report) }}
    union all
    {% endfor %}
    {% for source, tables in alike_ads().items() %}
    {% for report in tables.details or [] %}
    select '{{ report }}' as report, source, account, day as first_day, day as last_day, impressions, cost
    from {{ ref('stg_' ~ source ~ '__' ~ report) }}
    union all
    {% endfor %}
    {% for report in [tables.period] if report %}
    select
        '{{ report }}' as report,
        source,
        account,
        period_start as first_day,
        period_end as last_day,
        impressions,
        cost
    from {{ ref('stg_' ~ source ~ '__' ~ report) }}
    union all
    {% endfor %}
    {% endfor %}
    select
        'ads_period' as report,
        source,
        account,
        period_start as first_day,
        period_end as last_day,
        impressions,
        cost
    from {{ ref('stg_meta_ads__ads_period') }}
),

reports as (
    select
        source,
        account,
        report,
        first_day,
        last_day,
        count(*) as detail_rows,
        coalesce(sum(impressions), 0) as impressions,
        coalesce(sum(cost), 0) as cost_account
    from details
    group by source, account, report, first_day, last_day
),

bearing_days as (
    select source, account, day, sum(impressions) as impressions, sum(cost_account) as cost_account
    from ads
    group by source, account, day
),

borne as (
    select
        reports.source,
        reports.account,
        reports.report,
        reports.first_day,
        reports.last_day,
        count(bearing_days.day) as bearing_days,
        coalesce(sum(bearing_days.impressions), 0) as impressions,
        coalesce(sum(bearing_days.cost_account), 0) as cost_account
    from reports
    left join bearing_days
        on
            reports.source = bearing_days.source
            and reports.account = bearing_days.account
            and bearing_days.day between reports.first_day and reports.last_day
    group by reports.source, reports.account, reports.report, reports.first_day, reports.last_day
),

final as (
    select
        {{ key_of(['reports.source', 'reports.account', 'reports.report', 'reports.first_day', 'reports.last_day']) }}
            as ads_detail_id,
        reports.source,
        reports.account,
        reports.report,
        reports.first_day,
        reports.last_day,
        accounts.market,
        accounts.currency,
        cast(reports.detail_rows as bigint) as detail_rows,
        cast(reports.impressions as bigint) as impressions,
        cast(reports.cost_account as decimal(38, 6)) as cost_account,
        cast(borne.impressions as bigint) as bearing_impressions,
        cast(borne.cost_account as decimal(38, 6)) as bearing_cost_account,
        cast(borne.cost_account - reports.cost_account as decimal(38, 6)) as missing_cost_account,
        borne.bearing_days = {{ days_between('reports.first_day', 'reports.last_day') }} + 1 as is_comparable
    from reports
    inner join borne
        on
            reports.source = borne.source
            and reports.account = borne.account
            and reports.report = borne.report
            and reports.first_day = borne.first_day
            and reports.last_day = borne.last_day
    inner join accounts on reports.source = accounts.source and reports.account = accounts.account
)

select * from final
