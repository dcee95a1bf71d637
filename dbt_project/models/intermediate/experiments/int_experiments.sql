-- Grain: one experiment: of the company's list, or one that only exposures tell of.
with

listed as (select * from {{ ref('stg_plan__experiments') }}),

exposures as (
    select * from {{ ref('int_exposures') }}
    where not is_holdback
),

settings as (select * from {{ source('house', 'settings') }}),

-- an experiment that is listed twice is its first row's
ranked as (
    select
        *,
        row_number() over (partition by experiment order by account, landed_row) as place
    from listed
),

seen as (
    select
        experiment,
        min(account) as account
    from exposures
    group by experiment
),

experiments as (
    select experiment from listed
    union
    select experiment from seen
),

final as (
    select
        experiments.experiment,
        case when seen.experiment is not null then 'experiments' else 'plan' end as source,
        coalesce(seen.account, ranked.account) as account,
        ranked.name,
        ranked.experiment is not null as is_listed,
        ranked.starts_on,
        ranked.concluded_on,
        coalesce(ranked.concluded_on < settings.as_of, false) as is_concluded,
        case
            when ranked.concluded_on < settings.as_of then ranked.concluded_on
            else {{ add_days('settings.as_of', -1) }}
        end as last_day,
        ranked.baseline,
        ranked.planned_split,
        ranked.min_persons,
        coalesce(ranked.success_event, 'order') as success_event,
        ranked.window_days
    from experiments
    cross join settings
    left join ranked on experiments.experiment = ranked.experiment and ranked.place = 1
    left join seen on experiments.experiment = seen.experiment
)

select * from final
