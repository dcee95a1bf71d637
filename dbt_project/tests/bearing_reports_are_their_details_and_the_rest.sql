-- What bears an account's totals is what its detail reports tell and what they leave out: cost of the bearing report =
-- cost of the details + cost attributed to none of them, each taken from its own source.
{% set daily = [
    'keyword_daily', 'search_term_daily', 'ad_daily', 'connector_campaign_daily', 'connector_keyword_daily',
    'connector_search_term_daily'
] %}
{% set over_a_period = ['campaign_period', 'keyword_period', 'search_term_period', 'ad_period'] %}
with

details as (
    {% for report in daily %}
    select source, account, '{{ report }}' as report, day as first_day, day as last_day, cost
    from {{ ref('stg_google_ads__' ~ report) }}
    union all
    {% endfor %}
    {% for report in over_a_period %}
    select source, account, '{{ report }}' as report, period_start as first_day, period_end as last_day, cost
    from {{ ref('stg_google_ads__' ~ report) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

told as (
    select
        source,
        account,
        report,
        first_day,
        last_day,
        sum(cost) as cost_account
    from details
    group by source, account, report, first_day, last_day
),

borne as (
    select
        told.source,
        told.account,
        told.report,
        told.first_day,
        told.last_day,
        coalesce(sum(campaigns.cost), 0) as cost_account
    from told
    left join {{ ref('stg_google_ads__campaign_daily') }} as campaigns
        on
            told.account = campaigns.account
            and campaigns.day between told.first_day and told.last_day
    group by told.source, told.account, told.report, told.first_day, told.last_day
)

select
    told.account,
    told.report,
    told.first_day,
    told.last_day,
    borne.cost_account as bearing_cost_account,
    told.cost_account,
    shown.missing_cost_account
from told
inner join borne
    on
        told.account = borne.account
        and told.report = borne.report
        and told.first_day = borne.first_day
        and told.last_day = borne.last_day
left join {{ ref('fct_reach_ads_detail') }} as shown
    on
        told.account = shown.account
        and told.report = shown.report
        and told.first_day = shown.first_day
        and told.last_day = shown.last_day
where
    shown.report is null
    or borne.cost_account <> told.cost_account + shown.missing_cost_account
