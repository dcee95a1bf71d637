-- An account of a required source whose newest covered day lies further back than its settings allow, in a table that
-- a daily measure needs: shown, not stopping. What is due on some weekdays only is asked for as of the last of them.
{{ config(severity='warn', tags=['mart']) }}

with

settings as (select * from {{ source('house', 'settings') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

lags as (
    select
        replace(setting, 'required_lag_days.', '') as source,
        cast(value as integer) as lag_days
    from {{ source('house', 'setting_values') }}
    where setting like 'required_lag_days.%'
),

-- days since the last weekday on which a file was due (0 is Monday); a source that names none is due on all of them
due_weekdays as (
    select
        replace(setting_values.setting, 'required_due_weekday.', '') as source,
        min(
            (
                {{ days_between("cast('2024-01-01' as date)", 'settings.as_of') }}
                - cast(setting_values.value as integer) + 700000
            ) % 7
        ) as days_since_due
    from {{ source('house', 'setting_values') }} as setting_values
    cross join settings
    where setting_values.setting like 'required_due_weekday.%'
    group by setting_values.setting
),

feeds as (
    select measure_sources.measure, measure_sources.source, measure_sources.table_name
    from {{ ref('measure_sources') }} as measure_sources
    inner join {{ ref('measures') }} as measures on measure_sources.measure = measures.measure
    where measure_sources.role = 'covers' and measures.grains = 'all'
),

-- every measure of an account by itself: a keyword report says nothing of the campaigns
fed as (
    select covered_days.source, covered_days.account, feeds.measure, max(covered_days.day) as newest_day
    from covered_days
    inner join feeds on covered_days.source = feeds.source and covered_days.table_name = feeds.table_name
    group by covered_days.source, covered_days.account, feeds.measure
),

-- a source that feeds no daily measure is in with any of its tables
others as (
    select covered_days.source, covered_days.account, 'any' as measure, max(covered_days.day) as newest_day
    from covered_days
    left join (select distinct source from feeds) as feeding on covered_days.source = feeding.source
    where feeding.source is null
    group by covered_days.source, covered_days.account
),

newest as (
    select source, account, min(newest_day) as newest_day
    from (
        select * from fed
        union all
        select * from others
    ) as all_fed
    group by source, account
),

required as (
    select
        lags.source,
        accounts.account,
        accounts.opened_on,
        accounts.ended_on,
        {{ add_days('settings.as_of', '-lags.lag_days - coalesce(due_weekdays.days_since_due, 0)') }} as due_day
    from lags
    cross join settings
    left join due_weekdays on lags.source = due_weekdays.source
    left join accounts on lags.source = accounts.source
)

select required.source, required.account, newest.newest_day, required.due_day
from required
left join newest on required.source = newest.source and required.account = newest.account
-- what the mart is made of, so that the warning comes with every mart
where
    (newest.newest_day is null or newest.newest_day < required.due_day)
    and (required.opened_on is null or required.opened_on <= required.due_day)
    and (required.ended_on is null or required.ended_on >= required.due_day)
    and exists (select 1 from {{ ref('race_kpi') }})
