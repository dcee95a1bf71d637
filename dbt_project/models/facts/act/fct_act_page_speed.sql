-- Grain: one measurement of a page load's web vital: LCP, INP or CLS, its last value.
with

events as (
    select * from {{ ref('int_session_events') }}
    where metric_value is not null and coalesce(counts_sessions, true)
),

sessions as (select * from {{ ref('fct_reach_session') }}),

-- Google's
thresholds as (
    select 'LCP' as metric, 2500 as good, 4000 as passable
    union all
    select 'INP' as metric, 200 as good, 500 as passable
    union all
    select 'CLS' as metric, 0.1 as good, 0.25 as passable
),

-- the library tells a measurement again whenever it grows; without an id each telling stands for itself
ranked as (
    select
        *,
        upper(event_name) as metric,
        case when metric_id is null then event_number end as told_at,
        row_number() over (
            partition by session_id, upper(event_name), metric_id, case when metric_id is null then event_number end
            order by event_number desc
        ) as newest
    from events
),

final as (
    select
        {{ key_of(['ranked.session_id', 'ranked.metric', 'ranked.metric_id', 'ranked.told_at']) }} as page_speed_id,
        ranked.session_id,
        ranked.source,
        ranked.account,
        sessions.day,
        sessions.channel,
        sessions.market,
        coalesce(ranked.page_path, '(not set)') as page_path,
        ranked.metric,
        cast(ranked.metric_value as decimal(18, 6)) as value,
        case
            when ranked.metric_value <= thresholds.good then 'good'
            when ranked.metric_value <= thresholds.passable then 'needs improvement'
            else 'poor'
        end as rating
    from ranked
    inner join thresholds on ranked.metric = thresholds.metric
    inner join sessions on ranked.session_id = sessions.session_id
    where ranked.newest = 1
)

select * from final
