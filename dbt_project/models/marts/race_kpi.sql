-- Grain: one row per kpi × period × period_start × channel × market.

with

settings as (select * from {{ source('house', 'settings') }}),

setting_values as (select * from {{ source('house', 'setting_values') }}),

kpi_catalog as (select * from {{ ref('kpi_catalog') }}),

kpi_terms as (select * from {{ ref('int_kpi_terms') }}),

measures as (select * from {{ ref('measures') }}),

readings as (select * from {{ ref('measure_readings') }}),

window_fits as (select * from {{ ref('int_window_fits') }}),

periods as (select * from {{ ref('int_periods') }}),

kpi_windows as (select * from {{ ref('int_kpi_window') }}),

plan_targets as (select * from {{ ref('fct_plan_target') }}),

named_targets as (
    select
        plan_targets.*,
        row_number() over (
            partition by
                plan_targets.kpi,
                plan_targets.period,
                plan_targets.period_start,
                plan_targets.channel,
                plan_targets.market
            order by plan_targets.account asc, plan_targets.target asc
        ) as first_named
    from plan_targets
),

-- a target that the plan names twice is the first account's, and of one account the smaller
targets as (
    select kpi, period, period_start, channel, market, target
    from named_targets
    where first_named = 1
),

pacing as (
    select max(value) as pacing from setting_values
    where setting = 'target_pacing'
),

-- what grows from nothing as its period runs does so by sums alone: a ratio does not, a plan is known from the first
-- day on, and a state says nothing of its period before that is over
kpi_kinds as (
    select
        kpi_terms.kpi,
        min(
            case
                when
                    kpi_terms.side = 'numerator'
                    and measures.additivity in ('sum', 'distinct')
                    and readings.measure is null
                    then 1
                else 0
            end
        ) = 1 as is_growing,
        max(case when readings.read_on in ('start', 'end', 'fit') then 1 else 0 end) = 1 as is_state,
        max(case when readings.read_on = 'fit' then 1 else 0 end) = 1 as is_fitted
    from kpi_terms
    inner join measures on kpi_terms.measure = measures.measure
    left join readings on kpi_terms.measure = readings.measure
    group by kpi_terms.kpi
),

fits as (
    select distinct period, window_start, window_end, measured_on
    from window_fits
),

current_rows as (
    select
        kpi_windows.kpi,
        kpi_catalog.stage,
        kpi_catalog.good,
        kpi_windows.period,
        periods.period_start,
        periods.period_end,
        periods.previous_start,
        periods.previous_to_date_end,
        periods.year_ago_start,
        periods.year_ago_to_date_end,
        periods.period_days,
        periods.days_over,
        periods.is_over,
        kpi_windows.channel,
        kpi_windows.market,
        kpi_windows.numerator,
        kpi_windows.denominator,
        kpi_windows.value,
        kpi_windows.is_complete,
        periods.as_of
    from kpi_windows
    inner join kpi_catalog on kpi_windows.kpi = kpi_catalog.kpi
    inner join periods
        on kpi_windows.period = periods.period and kpi_windows.window_start = periods.period_start
    where kpi_windows.is_period
),

whole_periods as (
    select kpi, period, window_start, channel, market, value, is_complete
    from kpi_windows
    where is_period
),

compared as (
    select
        current_rows.*,
        previous.value as previous_value,
        to_date.value as previous_to_date_value,
        year_ago.value as year_ago_value,
        -- a pair that was not there yet by that day had brought in nothing
        case
            when year_ago.is_complete and year_ago.value > 0
                then greatest(coalesce(year_ago_to_date.value, 0), 0) / year_ago.value
        end as year_ago_share,
        targets.target,
        kpi_kinds.is_growing,
        kpi_kinds.is_state,
        fits.measured_on
    from current_rows
    inner join kpi_kinds on current_rows.kpi = kpi_kinds.kpi
    left join fits
        on
            kpi_kinds.is_fitted
            and current_rows.period = fits.period
            and current_rows.period_start = fits.window_start
            and current_rows.period_end = fits.window_end
    left join whole_periods as previous
        on
            current_rows.kpi = previous.kpi
            and current_rows.period = previous.period
            and current_rows.previous_start = previous.window_start
            and current_rows.channel = previous.channel
            and current_rows.market = previous.market
    left join kpi_windows as to_date
        on
            current_rows.kpi = to_date.kpi
            and current_rows.period = to_date.period
            and current_rows.previous_start = to_date.window_start
            and current_rows.previous_to_date_end = to_date.window_end
            and current_rows.channel = to_date.channel
            and current_rows.market = to_date.market
    left join whole_periods as year_ago
        on
            current_rows.kpi = year_ago.kpi
            and current_rows.period = year_ago.period
            and current_rows.year_ago_start = year_ago.window_start
            and current_rows.channel = year_ago.channel
            and current_rows.market = year_ago.market
    left join kpi_windows as year_ago_to_date
        on
            current_rows.kpi = year_ago_to_date.kpi
            and current_rows.period = year_ago_to_date.period
            and current_rows.year_ago_start = year_ago_to_date.window_start
            and current_rows.year_ago_to_date_end = year_ago_to_date.window_end
            and current_rows.channel = year_ago_to_date.channel
            and current_rows.market = year_ago_to_date.market
    left join targets
        on
            current_rows.kpi = targets.kpi
            and current_rows.period = targets.period
            and current_rows.period_start = targets.period_start
            and current_rows.channel = targets.channel
            and current_rows.market = targets.market
),

-- on a period's first day nothing is over, so nothing is due yet and nothing can be said
paced as (
    select
        compared.*,
        case
            when compared.days_over = 0 then null
            when compared.is_state and not compared.is_over then null
            when compared.is_over or not compared.is_growing then cast(compared.target as decimal(38, 6))
            when pacing.pacing = 'last_year' and compared.year_ago_share is not null
                then cast(cast(compared.target as double) * compared.year_ago_share as decimal(38, 6))
            else cast({{ share_of('compared.target', 'compared.days_over', 'compared.period_days') }} as decimal(38, 6))
        end as paced_target
    from compared
    cross join pacing
),

-- a part of a target says how much of it was attained only where both lie above 0
attained as (
    select
        *,
        case
            when paced_target <= 0 then null
            when good = 'up' then value / cast(paced_target as double)
            when good = 'down' and value > 0 then cast(paced_target as double) / value
        end as attainment,
        case
            when good = 'up' then cast(paced_target as double) - value
            when good = 'down' then value - cast(paced_target as double)
        end as shortfall
    from paced
),

-- where there is no attainment the distance decides, in parts of the target; where nothing bad happened at all it is
-- on track, whatever little was allowed
final as (
    select
        attained.kpi,
        attained.stage,
        attained.period,
        attained.period_start,
        attained.period_end,
        attained.channel,
        attained.market,
        attained.numerator,
        attained.denominator,
        attained.value,
        attained.previous_value,
        attained.previous_to_date_value,
        attained.year_ago_value,
        cast(attained.target as decimal(38, 6)) as target,
        attained.attainment,
        case
            when attained.attainment >= settings.on_track then 'on_track'
            when attained.attainment >= settings.at_risk then 'at_risk'
            when attained.attainment is not null then 'off_track'
            when attained.shortfall <= 0 then 'on_track'
            when
                round(attained.shortfall / nullif(abs(cast(attained.paced_target as double)), 0), 9)
                <= round(1 - settings.at_risk, 9)
                then 'at_risk'
            when attained.shortfall is not null then 'off_track'
        end as status,
        attained.is_complete,
        attained.as_of,
        attained.paced_target,
        attained.measured_on
    from attained
    cross join settings
)

select * from final
