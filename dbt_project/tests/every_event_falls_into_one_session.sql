-- Every event that is not excluded is in exactly one session.
with

events as (
    select count(*) as events
    from {{ ref('int_site_events') }}
),

in_sessions as (select count(*) as events from {{ ref('int_session_events') }})

select
    events.events,
    in_sessions.events as events_in_sessions
from events
cross join in_sessions
where events.events <> in_sessions.events
