-- The conformed ads hold what each platform's daily reports say, to the last impression and minor unit, and the
-- bearing rows no more than that.
{% set reports = ['stg_google_ads__campaign_daily', 'stg_meta_ads__ads_daily', 'stg_tiktok_ads__ads_daily'] %}
{% for source, tables in alike_ads().items() %}
{% do reports.append('stg_' ~ source ~ '__' ~ tables.daily) %}
{% endfor %}
with

reported as (
    {% for report in reports %}
    select source, account, day, impressions, cost from {{ ref(report) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

of_sources as (
    select
        source,
        account,
        day,
        count(*) as report_rows,
        sum(coalesce(impressions, 0)) as impressions,
        sum(coalesce(cost, 0)) as cost_account
    from reported
    group by source, account, day
),

of_union as (
    select
        source,
        account,
        day,
        count(*) as report_rows,
        sum(impressions) as impressions,
        sum(cost_account) as cost_account
    from {{ ref('int_ads') }}
    group by source, account, day
),

of_bearing as (
    select
        source,
        account,
        day,
        sum(impressions) as impressions,
        sum(cost_account) as cost_account
    from {{ ref('fct_reach_ads') }}
    group by source, account, day
)

select
    of_sources.source,
    of_sources.account,
    of_sources.day,
    of_sources.report_rows,
    of_union.report_rows as union_rows,
    of_sources.impressions,
    of_union.impressions as union_impressions,
    of_bearing.impressions as bearing_impressions,
    of_sources.cost_account,
    of_union.cost_account as union_cost_account,
    of_bearing.cost_account as bearing_cost_account
from of_sources
full outer join of_union
    on
        of_sources.source = of_union.source
        and of_sources.account = of_union.account
        and of_sources.day = of_union.day
left join of_bearing
    on
        of_union.source = of_bearing.source
        and of_union.account = of_bearing.account
        and of_union.day = of_bearing.day
where
    coalesce(of_sources.report_rows, 0) <> coalesce(of_union.report_rows, 0)
    or coalesce(of_sources.impressions, 0) <> coalesce(of_union.impressions, 0)
    or coalesce(of_sources.cost_account, 0) <> coalesce(of_union.cost_account, 0)
    -- an account and day always has a report that bears it
    or of_bearing.impressions is null
    or of_bearing.impressions > of_union.impressions
    or of_bearing.cost_account > of_union.cost_account
