-- Grain: one page of a measured site, day and channel: of each month the 2,000 most seen paths, the others as (other).
{% set paths_kept = 2000 %}
with

events as (
    select session_id, event_number, page_path, is_page_view, engagement_time_msec
    from {{ ref('int_session_events') }}
    where coalesce(counts_sessions, true)
),

sessions as (select * from {{ ref('fct_reach_session') }}),

-- a visit is entered by the first page that it shows and left by the last one
ends as (
    select
        session_id,
        min(event_number) as first_view,
        max(event_number) as last_view
    from events
    where is_page_view = 1
    group by session_id
),

-- apps and servers name no address; a time is known of the sessions whose source measures it
seen as (
    select
        sessions.source,
        sessions.account,
        sessions.day,
        sessions.channel,
        coalesce(events.page_path, '(not set)') as page_path,
        sum(events.is_page_view) as views,
        sum(case when events.event_number = ends.first_view then 1 else 0 end) as entrances,
        sum(
            case when events.event_number = ends.first_view and sessions.is_bounced is not null then 1 else 0 end
        ) as entrances_with_engagement,
        sum(case when events.event_number = ends.first_view and sessions.is_bounced then 1 else 0 end)
            as bounced_entrances,
        sum(case when events.event_number = ends.last_view then 1 else 0 end) as exits,
        sum(case when sessions.engaged_seconds is not null then coalesce(events.engagement_time_msec, 0) end)
            as engaged_msec
    from events
    inner join sessions on events.session_id = sessions.session_id
    left join ends on events.session_id = ends.session_id
    where events.is_page_view = 1 or events.engagement_time_msec > 0
    group by
        sessions.source, sessions.account, sessions.day, sessions.channel, coalesce(events.page_path, '(not set)')
),

by_month as (
    select
        source,
        account,
        cast(date_trunc('month', day) as date) as month,
        page_path,
        sum(views) as views
    from seen
    group by source, account, cast(date_trunc('month', day) as date), page_path
),

ranked as (
    select
        *,
        row_number() over (partition by source, account, month order by views desc, page_path asc) as place
    from by_month
),

named as (
    select
        seen.*,
        case when ranked.place <= {{ paths_kept }} then seen.page_path else '(other)' end as kept_path
    from seen
    inner join ranked
        on
            seen.source = ranked.source
            and seen.account = ranked.account
            and seen.page_path = ranked.page_path
            and cast(date_trunc('month', seen.day) as date) = ranked.month
),

final as (
    select
        source,
        account,
        day,
        channel,
        kept_path as page_path,
        cast(sum(views) as bigint) as views,
        cast(sum(entrances) as bigint) as entrances,
        cast(sum(entrances_with_engagement) as bigint) as entrances_with_engagement,
        cast(sum(bounced_entrances) as bigint) as bounced_entrances,
        cast(sum(exits) as bigint) as exits,
        cast(cast(sum(engaged_msec) as decimal(20, 0)) * cast(0.001 as decimal(4, 3)) as decimal(18, 3))
            as engaged_seconds
    from named
    group by source, account, day, channel, kept_path
)

select * from final
