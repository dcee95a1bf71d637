-- Grain: one day (UTC) with events, with a digest of all that its staged events are made from: equal events have equal
-- times, so which of them is the newest is told by the batches that have events of the day.
-- depends_on: {{ source('ga4', 'events') }}
-- depends_on: {{ source('ga4', 'events_intraday') }}

with

daily as (
    select distinct account, _batch_id, event_date, cast(event_at as date) as event_day
    from {{ landed('ga4', 'events', every=true) }}
),

intraday as (
    select distinct account, _batch_id, event_date, cast(event_at as date) as event_day
    from {{ landed('ga4', 'events_intraday', every=true) }}
),

daily_days as (select distinct account, event_date from daily),

parts as (
    select account, _batch_id, event_date, event_day, false as is_intraday, false as is_replaced
    from daily
    union all
    select
        intraday.account,
        intraday._batch_id,
        intraday.event_date,
        intraday.event_day,
        true as is_intraday,
        daily_days.account is not null as is_replaced
    from intraday
    left join daily_days on intraday.account = daily_days.account and intraday.event_date = daily_days.event_date
),

excluding as (
    select {{ digest_of_rows(['kind', 'value']) }} as digest
    from {{ source('house', 'exclusions') }}
),

days as (
    select
        event_day,
        {{ digest_of_rows(['account', '_batch_id', 'event_date', 'is_intraday', 'is_replaced']) }} as digest
    from parts
    group by event_day
),

final as (
    select
        days.event_day,
        concat_ws(' ', days.digest, excluding.digest) as counted_from
    from days
    cross join excluding
)

select * from final
