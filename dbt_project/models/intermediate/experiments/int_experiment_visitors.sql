-- Grain: one visitor of an experiment, by the exposures between its first and its last day.
with

exposures as (
    select * from {{ ref('int_exposures') }}
    where not is_holdback
),

experiments as (select * from {{ ref('int_experiments') }}),

settings as (select * from {{ source('house', 'settings') }}),

dated as (
    select
        exposures.*,
        {{ local_day('exposures.exposed_at', 'settings.business_zone') }} as day
    from exposures
    cross join settings
),

visitors as (
    select
        dated.experiment,
        dated.account,
        dated.visitor_id,
        -- exposures that name two persons name nobody
        case when min(dated.person_id) = max(dated.person_id) then min(dated.person_id) end as person_id,
        min(dated.variation) as variation,
        min(dated.variation) <> max(dated.variation) as is_mixed,
        min(dated.exposed_at) as first_exposed_at
    from dated
    inner join experiments on dated.experiment = experiments.experiment
    where
        dated.day <= experiments.last_day
        and (experiments.starts_on is null or experiments.starts_on <= dated.day)
    group by dated.experiment, dated.account, dated.visitor_id
),

final as (
    select
        experiment,
        account,
        visitor_id,
        person_id,
        coalesce(person_id, concat_ws('', 'visitor:', account, ':', visitor_id)) as unit_id,
        variation,
        is_mixed,
        first_exposed_at
    from visitors
)

select * from final
