-- Grain: one row per 90-day cycle × KPI (initiative `all`), and one per cycle × initiative that touches it.

with

settings as (select * from {{ source('house', 'settings') }}),

kpi_catalog as (select * from {{ ref('kpi_catalog') }}),

kpi_worth as (select * from {{ ref('kpi_worth') }}),

kpi_terms as (select * from {{ ref('int_kpi_terms') }}),

measure_rules as (select * from {{ ref('measure_rules') }}),

initiatives as (select * from {{ ref('fct_plan_initiative') }}),

costs as (select * from {{ ref('fct_plan_cost') }}),

initiative_windows as (select * from {{ ref('int_initiative_windows') }}),

kpi_windows as (
    select * from {{ ref('int_kpi_window') }}
    where period = 'cycle' and channel = 'all' and market = 'all'
),

cycles as (
    select period_start as cycle_start, period_end as cycle_end, previous_start, is_over, as_of
    from {{ ref('int_periods') }}
    where period = 'cycle'
),

kpis as (
    select * from {{ ref('race_kpi') }}
    where period = 'cycle' and channel = 'all' and market = 'all'
),

cycle_measures as (
    select measure, period_start as cycle_start, cast(value as double) as value from {{ ref('race_measure') }}
    where period = 'cycle' and channel = 'all' and market = 'all'
),

-- what one unit of a KPI's numerator brings in the cycle; 1 where the numerator is money itself
worths as (
    select
        kpi_worth.kpi,
        cycles.cycle_start,
        case when kpi_worth.money is null then 1.0 else money.value / nullif(units.value, 0) end as worth
    from kpi_worth
    cross join cycles
    left join cycle_measures as money
        on kpi_worth.money = money.measure and cycles.cycle_start = money.cycle_start
    left join cycle_measures as units
        on kpi_worth.per = units.measure and cycles.cycle_start = units.cycle_start
),

-- strategy: the initiatives whose days touch the cycle
strategy as (
    select
        cycles.cycle_start,
        cycles.cycle_end,
        cycles.as_of,
        initiatives.*
    from cycles
    inner join initiatives
        on cycles.cycle_end >= initiatives.planned_start and cycles.cycle_start <= initiatives.ends_on
),

counted_strategy as (
    select cycle_start, kpi, count(*) as initiatives
    from strategy
    group by cycle_start, kpi
),

-- a cycle that runs is held against as many days of the one before; one that is loaded in part says nothing
opportunities as (
    select
        cycles.cycle_start,
        cycles.cycle_end,
        kpis.kpi,
        kpis.stage,
        'all' as account,
        'all' as initiative,
        cast(null as string) as initiative_name,
        cast(null as string) as owner,
        cast(null as date) as starts_on,
        cast(null as date) as ends_on,
        cast(null as decimal(18, 6)) as expected_uplift,
        case
            when not coalesce(kpi_before.is_complete, false) then null
            when cycles.is_over then kpis.previous_value
            else kpis.previous_to_date_value
        end as baseline,
        cast(kpis.paced_target as double) as target,
        kpis.value as actual,
        cast(null as double) as after_value,
        kpis.status,
        -- one more point of the KPI is this much money
        case when kpi_catalog.denominator is null then 1.0 else cast(kpis.denominator as double) end
        / kpi_catalog.scale * worths.worth as money_per_point,
        coalesce(counted_strategy.initiatives, 0) as initiatives,
        cast(null as decimal(38, 6)) as budget,
        cast(null as decimal(38, 6)) as spend,
        cast(null as string) as decision,
        kpis.is_complete,
        kpis.as_of
    from kpis
    inner join cycles on kpis.period_start = cycles.cycle_start
    inner join kpi_catalog on kpis.kpi = kpi_catalog.kpi
    left join kpis as kpi_before on kpis.kpi = kpi_before.kpi and cycles.previous_start = kpi_before.period_start
    left join worths on kpis.kpi = worths.kpi and cycles.cycle_start = worths.cycle_start
    left join counted_strategy
        on kpis.kpi = counted_strategy.kpi and cycles.cycle_start = counted_strategy.cycle_start
),

-- action: the KPI before, during and after; days before or after that are loaded in part say nothing
results as (
    select
        initiative_windows.account,
        initiative_windows.initiative,
        max(
            case when initiative_windows.part = 'before' and kpi_windows.is_complete then kpi_windows.value end
        ) as before_value,
        max(case when initiative_windows.part = 'during' then kpi_windows.value end) as during_value,
        max(
            case when initiative_windows.part = 'after' and kpi_windows.is_complete then kpi_windows.value end
        ) as after_value,
        min(case when initiative_windows.part = 'after' or kpi_windows.is_complete then 1 else 0 end) = 1
            as is_complete
    from initiative_windows
    left join kpi_windows
        on
            initiative_windows.kpi = kpi_windows.kpi
            and initiative_windows.window_start = kpi_windows.window_start
            and initiative_windows.window_end = kpi_windows.window_end
    group by initiative_windows.account, initiative_windows.initiative
),

spent as (
    select costs.account, costs.initiative, sum(costs.amount) as spend
    from costs
    cross join settings
    where costs.initiative is not null and costs.day < settings.as_of
    group by costs.account, costs.initiative
),

actions as (
    select
        strategy.cycle_start,
        strategy.cycle_end,
        strategy.kpi,
        coalesce(strategy.stage, kpi_catalog.stage) as stage,
        strategy.account,
        strategy.initiative,
        strategy.name as initiative_name,
        strategy.owner,
        strategy.planned_start as starts_on,
        strategy.ends_on,
        strategy.expected_uplift,
        results.before_value as baseline,
        case kpi_catalog.good
            -- a part of what it was, also where that lay below 0
            when 'up' then results.before_value + abs(results.before_value) * cast(strategy.expected_uplift as double)
            when 'down' then results.before_value - abs(results.before_value) * cast(strategy.expected_uplift as double)
        end as target,
        results.during_value as actual,
        results.after_value,
        cast(null as string) as status,
        cast(null as double) as money_per_point,
        cast(null as bigint) as initiatives,
        cast(strategy.budget as decimal(38, 6)) as budget,
        cast(coalesce(spent.spend, 0) as decimal(38, 6)) as spend,
        strategy.decision,
        coalesce(results.is_complete, false) and strategy.ends_on < strategy.as_of as is_complete,
        strategy.as_of
    from strategy
    left join kpi_catalog on strategy.kpi = kpi_catalog.kpi
    left join results on strategy.account = results.account and strategy.initiative = results.initiative
    left join spent on strategy.account = spent.account and strategy.initiative = spent.initiative
),

reviewed as (
    select * from opportunities
    union all
    select * from actions
),

-- how long after its last day a KPI still changes: until then it falls short of whatever is over
follow_ups as (
    select
        kpi_terms.kpi,
        max(
            case
                when measure_rules.follow_up = 'cart_window' then settings.cart_window_days
                else coalesce(measure_rules.follow_up_days, 0)
            end
        ) as follow_up_days
    from kpi_terms
    cross join settings
    inner join measure_rules on kpi_terms.measure = measure_rules.measure
    group by kpi_terms.kpi
),

compared as (
    select
        reviewed.*,
        kpi_catalog.good,
        coalesce(follow_ups.follow_up_days, 0) = 0
        or {{ add_days(
            'case when reviewed.initiative = ' ~ "'all'" ~ ' then reviewed.cycle_end else reviewed.ends_on end',
            'follow_ups.follow_up_days'
        ) }} < reviewed.as_of as is_alike
    from reviewed
    left join kpi_catalog on reviewed.kpi = kpi_catalog.kpi
    left join follow_ups on reviewed.kpi = follow_ups.kpi
),

-- above 0: short of it
gaps as (
    select
        *,
        case
            when is_alike and good = 'up' then target - actual
            when is_alike and good = 'down' then actual - target
        end as gap,
        case
            when is_alike and good = 'up' then baseline - actual
            when is_alike and good = 'down' then actual - baseline
        end as gap_to_baseline
    from compared
),

staked as (
    select
        gaps.*,
        {{ rounded_to_minor_unit(
            'cast(greatest(coalesce(gaps.gap, gaps.gap_to_baseline), coalesce(gaps.gap_to_baseline, gaps.gap), 0) '
            ~ '* gaps.money_per_point as decimal(38, 6))',
            'settings.minor_unit',
            'decimal(38, 6)'
        ) }} as known_stake
    from gaps
    cross join settings
),

-- greatest() takes the 0 where neither gap is known
known as (
    select
        *,
        case when gap is not null or gap_to_baseline is not null then known_stake end as money_at_stake
    from staked
),

final as (
    select
        cycle_start,
        cycle_end,
        kpi,
        stage,
        account,
        initiative,
        initiative_name,
        owner,
        starts_on,
        ends_on,
        expected_uplift,
        baseline,
        target,
        actual,
        after_value,
        gap,
        gap_to_baseline,
        status,
        money_at_stake,
        case
            when money_at_stake > 0
                then cast(
                    row_number() over (partition by cycle_start order by coalesce(money_at_stake, 0) desc, kpi asc)
                    as bigint
                )
        end as opportunity_rank,
        initiatives,
        budget,
        spend,
        is_complete,
        as_of,
        decision,
        -- what came of it: of an initiative that is over, whether its KPI stood where it was to stand
        case
            when initiative = 'all' or not is_complete then null
            when gap <= 0 then 'reached'
            when gap > 0 and gap_to_baseline < 0 then 'better'
            when gap > 0 then 'missed'
            when gap_to_baseline < 0 then 'better'
            when gap_to_baseline >= 0 then 'no better'
        end as result
    from known
)

select * from final
