-- Grain: one report of sessions, of GA4's pages or a tool's days, over a period of which every day's events are loaded.
with

reports as (select * from {{ ref('stg_ga4__ui_report') }}),

sessions as (select * from {{ ref('fct_reach_session') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

-- only dimensions of which a session has one value add up to all sessions
of_pages as (
    select
        source,
        account,
        report,
        dimension,
        period_start,
        period_end,
        cast(sum(value) as bigint) as reported_sessions
    from reports
    where
        lower(metric) = 'sessions'
        and (lower(dimension) like 'session%' or lower(dimension) like 'nth %' or lower(dimension) like 'date%')
    group by source, account, report, dimension, period_start, period_end
),

-- tools that count a site's visits by day beside the source whose events count
of_days as (
    select source, account, 'visits_summary' as report, day, visits from {{ ref('stg_matomo__visits_summary') }}
    union all
    select source, account, 'visitors' as report, day, visits from {{ ref('stg_plausible__visitors') }}
),

event_days as (
    select distinct source, account, day
    from covered_days
    where table_name = 'events'
),

measured as (
    select distinct
        accounts.source,
        accounts.account,
        {{ domain_of('accounts.site') }} as site
    from accounts
    inner join event_days on accounts.source = event_days.source and accounts.account = event_days.account
    where accounts.counts_sessions
),

-- whose events a tool's days are compared with: of the same site
of_sites as (
    select
        of_days.source,
        of_days.account,
        of_days.report,
        'day' as dimension,
        of_days.day as period_start,
        of_days.day as period_end,
        of_days.visits as reported_sessions,
        measured.source as site_source,
        measured.account as site_account
    from of_days
    inner join accounts on of_days.source = accounts.source and of_days.account = accounts.account
    inner join measured on {{ domain_of('accounts.site') }} = measured.site
),

reported as (
    select
        of_pages.*,
        of_pages.source as site_source,
        of_pages.account as site_account
    from of_pages
    union all
    select * from of_sites
),

comparable as (
    select
        reported.source,
        reported.account,
        reported.report,
        reported.dimension,
        reported.period_start,
        reported.period_end,
        reported.reported_sessions,
        reported.site_source,
        reported.site_account
    from reported
    inner join event_days
        on
            reported.site_source = event_days.source
            and reported.site_account = event_days.account
            and event_days.day between reported.period_start and reported.period_end
    group by
        reported.source, reported.account, reported.report, reported.dimension, reported.period_start,
        reported.period_end, reported.reported_sessions, reported.site_source, reported.site_account
    having count(*) = {{ days_between('reported.period_start', 'reported.period_end') }} + 1
),

daily_sessions as (
    select source, account, day, count(*) as sessions
    from sessions
    group by source, account, day
),

summed as (
    select
        comparable.source,
        comparable.account,
        comparable.report,
        comparable.dimension,
        comparable.period_start,
        comparable.period_end,
        comparable.reported_sessions,
        comparable.site_source,
        comparable.site_account,
        cast(coalesce(sum(daily_sessions.sessions), 0) as bigint) as event_sessions
    from comparable
    left join daily_sessions
        on
            comparable.site_source = daily_sessions.source
            and comparable.site_account = daily_sessions.account
            and daily_sessions.day between comparable.period_start and comparable.period_end
    group by
        comparable.source, comparable.account, comparable.report, comparable.dimension, comparable.period_start,
        comparable.period_end, comparable.reported_sessions, comparable.site_source, comparable.site_account
),

final as (
    select
        source,
        account,
        report,
        dimension,
        period_start,
        period_end,
        reported_sessions,
        event_sessions,
        event_sessions - reported_sessions as difference,
        cast(
            cast(event_sessions - reported_sessions as double) / nullif(reported_sessions, 0) as double
        ) as difference_share,
        site_source,
        site_account
    from summed
)

select * from final
