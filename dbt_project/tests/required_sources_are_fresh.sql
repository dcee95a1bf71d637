-- A required source whose newest covered day lies further back than its settings allow: shown, not stopping.
{{ config(severity='warn', tags=['mart']) }}

with

lags as (
    select
        replace(setting, 'required_lag_days.', '') as source,
        cast(value as integer) as lag_days
    from {{ source('house', 'setting_values') }}
    where setting like 'required_lag_days.%'
),

newest as (
    select source, max(day) as newest_day
    from {{ source('house', 'covered_days') }}
    group by source
)

select
    lags.source,
    newest.newest_day,
    {{ add_days('settings.as_of', '-lags.lag_days') }} as due_day
from lags
cross join {{ source('house', 'settings') }} as settings
left join newest on lags.source = newest.source
-- what the mart is made of, so that the warning comes with every mart
where
    (newest.newest_day is null or newest.newest_day < {{ add_days('settings.as_of', '-lags.lag_days') }})
    and exists (select 1 from {{ ref('race_kpi') }})
