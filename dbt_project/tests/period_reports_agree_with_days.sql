-- A report over a whole period against the days of the same account inside it: platforms restate, so a
-- difference of more than one part in a hundred is a warning and no fault.
{{ config(severity='warn') }}

with

periods as (
    select source, account, period_start, period_end, sum(impressions) as impressions
    from {{ ref('stg_google_ads__campaign_period') }}
    group by source, account, period_start, period_end
    union all
    select source, account, period_start, period_end, sum(impressions) as impressions
    from {{ ref('stg_meta_ads__ads_period') }}
    group by source, account, period_start, period_end
),

covered_days as (
    select distinct source, account, day
    from {{ source('house', 'covered_days') }}
    where table_name in ('campaign_daily', 'ads_daily')
),

-- only periods of which every day is loaded can be compared
whole_periods as (
    select
        periods.source,
        periods.account,
        periods.period_start,
        periods.period_end,
        periods.impressions
    from periods
    inner join covered_days
        on
            periods.source = covered_days.source
            and periods.account = covered_days.account
            and covered_days.day between periods.period_start and periods.period_end
    group by periods.source, periods.account, periods.period_start, periods.period_end, periods.impressions
    having count(*) = {{ days_between('periods.period_start', 'periods.period_end') }} + 1
)

select
    whole_periods.source,
    whole_periods.account,
    whole_periods.period_start,
    whole_periods.period_end,
    whole_periods.impressions as impressions_of_period,
    coalesce(sum(ads.impressions), 0) as impressions_of_days
from whole_periods
left join {{ ref('fct_reach_ads') }} as ads
    on
        whole_periods.source = ads.source
        and whole_periods.account = ads.account
        and ads.day between whole_periods.period_start and whole_periods.period_end
group by
    whole_periods.source, whole_periods.account, whole_periods.period_start, whole_periods.period_end,
    whole_periods.impressions
having abs(coalesce(sum(ads.impressions), 0) - whole_periods.impressions) * 100 > whole_periods.impressions
