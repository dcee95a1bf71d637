-- Grain: one variation of an experiment.
with

counts as (select * from {{ ref('int_experiment_counts') }}),

statistics as (select * from {{ ref('int_experiment_statistics') }}),

experiments as (select * from {{ ref('int_experiments') }}),

-- whom the smallest variation has; with one variation nothing is compared
smallest as (
    select
        experiment,
        case when count(*) > 1 then min(persons) else 0 end as persons
    from counts
    group by experiment
),

judged as (
    select
        experiments.source,
        experiments.account,
        counts.experiment,
        experiments.name,
        counts.variation,
        counts.is_baseline,
        experiments.is_listed,
        experiments.starts_on,
        experiments.concluded_on,
        experiments.is_concluded,
        experiments.success_event,
        experiments.window_days,
        counts.planned_share,
        counts.visitors,
        counts.persons,
        counts.unknown_persons,
        counts.mixed_persons,
        counts.conversions,
        statistics.conversion_rate,
        statistics.rate_low,
        statistics.rate_high,
        statistics.uplift,
        statistics.uplift_low,
        statistics.uplift_high,
        statistics.relative_uplift,
        statistics.p_value,
        statistics.ratio_p_value,
        coalesce(statistics.ratio_p_value < 0.001, false) as has_ratio_mismatch,
        experiments.min_persons,
        coalesce(smallest.persons >= experiments.min_persons, false) as has_enough_persons
    from counts
    inner join experiments on counts.experiment = experiments.experiment
    inner join smallest on counts.experiment = smallest.experiment
    left join statistics
        on counts.experiment = statistics.experiment and counts.variation = statistics.variation
),

final as (
    select
        {{ key_of(['experiment', 'variation']) }} as experiment_variation_id,
        source,
        account,
        experiment,
        name,
        variation,
        is_baseline,
        is_listed,
        starts_on,
        concluded_on,
        is_concluded,
        success_event,
        window_days,
        planned_share,
        visitors,
        persons,
        unknown_persons,
        mixed_persons,
        conversions,
        conversion_rate,
        rate_low,
        rate_high,
        uplift,
        uplift_low,
        uplift_high,
        relative_uplift,
        p_value,
        ratio_p_value,
        has_ratio_mismatch,
        min_persons,
        has_enough_persons,
        is_concluded and has_enough_persons and not has_ratio_mismatch as is_counted
    from judged
)

select * from final
