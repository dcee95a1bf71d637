-- Grain: one report of GA4's pages with sessions, over a period of which every day's events are loaded.
with

reports as (select * from {{ ref('stg_ga4__ui_report') }}),

sessions as (select * from {{ ref('fct_reach_session') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

-- only dimensions of which a session has one value add up to all sessions
reported as (
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

event_days as (
    select distinct account, day
    from covered_days
    where source = 'ga4' and table_name = 'events'
),

comparable as (
    select
        reported.source,
        reported.account,
        reported.report,
        reported.dimension,
        reported.period_start,
        reported.period_end,
        reported.reported_sessions
    from reported
    inner join event_days
        on
            reported.account = event_days.account
            and event_days.day between reported.period_start and reported.period_end
    group by
        reported.source, reported.account, reported.report, reported.dimension, reported.period_start,
        reported.period_end, reported.reported_sessions
    having count(*) = {{ days_between('reported.period_start', 'reported.period_end') }} + 1
),

daily_sessions as (
    select account, day, count(*) as sessions
    from sessions
    where source = 'ga4'
    group by account, day
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
        cast(coalesce(sum(daily_sessions.sessions), 0) as bigint) as event_sessions
    from comparable
    left join daily_sessions
        on
            comparable.account = daily_sessions.account
            and daily_sessions.day between comparable.period_start and comparable.period_end
    group by
        comparable.source, comparable.account, comparable.report, comparable.dimension, comparable.period_start,
        comparable.period_end, comparable.reported_sessions
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
        ) as difference_share
    from summed
)

select * from final
