-- Details of an ad account (search terms, keywords, ads, a connector's tables) against the report that bears its
-- totals. They may show less (rare search terms are left out), never more; a connector's campaigns show it all. Reports
-- of campaigns over a whole period have a check of their own.
-- Platforms restate, so a difference of more than one part in a hundred is a warning and no fault.
{{ config(severity='warn') }}

select
    source,
    account,
    report,
    first_day,
    last_day,
    currency,
    cost_account,
    bearing_cost_account,
    missing_cost_account,
    impressions,
    bearing_impressions
from {{ ref('fct_reach_ads_detail') }}
where
    is_comparable
    and report not in ('campaign_period', 'ads_period')
    and (
        cost_account * 100 > bearing_cost_account * 101
        or impressions * 100 > bearing_impressions * 101
        or (
            report = 'connector_campaign_daily'
            and (cost_account * 100 < bearing_cost_account * 99 or impressions * 100 < bearing_impressions * 99)
        )
    )
