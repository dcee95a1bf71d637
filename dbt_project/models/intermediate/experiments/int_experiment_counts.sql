-- Grain: one variation of an experiment that is planned or was seen.
with

experiments as (select * from {{ ref('int_experiments') }}),

visitors as (select * from {{ ref('int_experiment_visitors') }}),

orders as (select * from {{ ref('fct_convert_order') }}),

leads as (select * from {{ ref('fct_act_lead') }}),

logins as (select * from {{ ref('fct_act_login') }}),

settings as (select * from {{ source('house', 'settings') }}),

persons as (
    select
        experiment,
        unit_id,
        max(person_id) as person_id,
        min(variation) as variation,
        min(variation) <> max(variation) or max(case when is_mixed then 1 else 0 end) = 1 as is_mixed,
        min(first_exposed_at) as first_exposed_at
    from visitors
    group by experiment, unit_id
),

successes as (
    select 'order' as success_event, person_id, ordered_at as succeeded_at, ordered_at as succeeded_until
    from orders
    where is_counted
    union all
    -- of a day without a time it is not known whether the exposure came before: it is taken to
    select 'lead' as success_event, person_id, became_lead_at as succeeded_at, became_lead_until as succeeded_until
    from leads
    union all
    select 'signup' as success_event, person_id, created_at as succeeded_at, created_at as succeeded_until
    from logins
),

converted as (
    select distinct persons.experiment, persons.unit_id
    from persons
    cross join settings
    inner join experiments on persons.experiment = experiments.experiment
    inner join successes
        on experiments.success_event = successes.success_event and persons.person_id = successes.person_id
    where
        persons.first_exposed_at <= successes.succeeded_until
        and {{ local_day('successes.succeeded_at', 'settings.business_zone') }} <= experiments.last_day
        and (
            experiments.window_days is null
            or successes.succeeded_at <= {{ add_24_hours('persons.first_exposed_at', 'experiments.window_days') }}
        )
),

persons_by_variation as (
    select
        persons.experiment,
        persons.variation,
        count(*) as persons,
        sum(case when persons.person_id is null then 1 else 0 end) as unknown_persons,
        count(converted.unit_id) as conversions
    from persons
    left join converted on persons.experiment = converted.experiment and persons.unit_id = converted.unit_id
    where not persons.is_mixed
    group by persons.experiment, persons.variation
),

mixed_by_experiment as (
    select
        experiment,
        sum(case when is_mixed then 1 else 0 end) as mixed_persons
    from persons
    group by experiment
),

visitors_by_variation as (
    select
        experiment,
        variation,
        count(*) as visitors
    from visitors
    where not is_mixed
    group by experiment, variation
),

split_parts as (
    select
        experiment,
        {{ each_part('planned_split', ';') }} as part
    from experiments
    where planned_split is not null
),

splits as (
    select
        experiment,
        trim(split_part(part, '=', 1)) as variation,
        sum(cast(trim(split_part(part, '=', 2)) as double)) as share_weight
    from split_parts
    where trim(part) <> ''
    group by experiment, trim(split_part(part, '=', 1))
),

variations as (
    select experiment, variation from splits
    union
    select experiment, baseline as variation from experiments
    where is_listed
    union
    -- who saw two variations saw each of them
    select experiment, variation from visitors
),

-- without a planned split each variation is to have as many visitors as another
weights as (
    select
        variations.experiment,
        variations.variation,
        case
            when not experiments.is_listed then null
            when experiments.planned_split is null then 1.0e0
            else coalesce(splits.share_weight, 0.0e0)
        end as share_weight
    from variations
    inner join experiments on variations.experiment = experiments.experiment
    left join splits on variations.experiment = splits.experiment and variations.variation = splits.variation
),

shares as (
    select
        experiment,
        variation,
        share_weight / nullif(sum(share_weight) over (partition by experiment), 0) as planned_share
    from weights
),

final as (
    select
        shares.experiment,
        shares.variation,
        coalesce(shares.variation = experiments.baseline, false) as is_baseline,
        cast(shares.planned_share as double) as planned_share,
        cast(coalesce(visitors_by_variation.visitors, 0) as bigint) as visitors,
        cast(coalesce(persons_by_variation.persons, 0) as bigint) as persons,
        cast(coalesce(persons_by_variation.unknown_persons, 0) as bigint) as unknown_persons,
        cast(coalesce(persons_by_variation.conversions, 0) as bigint) as conversions,
        cast(coalesce(mixed_by_experiment.mixed_persons, 0) as bigint) as mixed_persons
    from shares
    inner join experiments on shares.experiment = experiments.experiment
    left join visitors_by_variation
        on
            shares.experiment = visitors_by_variation.experiment
            and shares.variation = visitors_by_variation.variation
    left join persons_by_variation
        on
            shares.experiment = persons_by_variation.experiment
            and shares.variation = persons_by_variation.variation
    left join mixed_by_experiment on shares.experiment = mixed_by_experiment.experiment
)

select * from final
