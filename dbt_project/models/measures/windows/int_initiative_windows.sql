-- Grain: one row per initiative that began and names a KPI × part: before, during, after.
with

settings as (select * from {{ source('house', 'settings') }}),

kpi_catalog as (select * from {{ ref('kpi_catalog') }}),

initiatives as (select * from {{ ref('fct_plan_initiative') }}),

-- as many days before and after as the initiative has had itself: sums of unlike lengths cannot be compared
begun as (
    select
        initiatives.account,
        initiatives.initiative,
        initiatives.kpi,
        initiatives.planned_start as starts_on,
        least(initiatives.ends_on, {{ add_days('settings.as_of', -1) }}) as reached_on,
        initiatives.ends_on,
        settings.as_of,
        {{ days_between(
            'initiatives.planned_start', 'least(initiatives.ends_on, ' ~ add_days('settings.as_of', -1) ~ ')'
        ) }} + 1 as days
    from initiatives
    inner join kpi_catalog on initiatives.kpi = kpi_catalog.kpi
    cross join settings
    where initiatives.planned_start < settings.as_of
),

final as (
    select account, initiative, kpi, 'during' as part, starts_on as window_start, reached_on as window_end
    from begun
    union all
    select
        account,
        initiative,
        kpi,
        'before' as part,
        {{ add_days('starts_on', '-days') }} as window_start,
        {{ add_days('starts_on', -1) }} as window_end
    from begun
    union all
    select
        account,
        initiative,
        kpi,
        'after' as part,
        {{ add_days('ends_on', 1) }} as window_start,
        {{ add_days('ends_on', 'days') }} as window_end
    from begun
    where {{ add_days('ends_on', 'days') }} < as_of
)

select * from final
