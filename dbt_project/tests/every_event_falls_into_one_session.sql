-- Every event that is not excluded is in exactly one session.
with

events as (
    select count(*) as events
    from {{ ref('stg_ga4__events') }}
    where not is_excluded and user_pseudo_id is not null
),

in_sessions as (select count(*) as events from {{ ref('int_session_events') }})

select
    events.events,
    in_sessions.events as events_in_sessions
from events
cross join in_sessions
where events.events <> in_sessions.events
