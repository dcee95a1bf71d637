-- Grain: one row per measure × window that has a covered day of the measure.
with

settings as (select * from {{ source('house', 'settings') }}),

setting_values as (select * from {{ source('house', 'setting_values') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

measures as (select * from {{ ref('measures') }}),

measure_sources as (select * from {{ ref('measure_sources') }}),

measure_rules as (select * from {{ ref('measure_rules') }}),

untold_days as (select * from {{ ref('int_untold_days') }}),

windows as (select * from {{ ref('int_windows') }}),

window_days as (select * from {{ ref('int_window_days') }}),

-- a measure that needs a list (costs) is unknown where the list never came
missing_lists as (
    select distinct measure_sources.measure
    from measure_sources
    left join covered_days
        on
            measure_sources.source = covered_days.source
            and measure_sources.table_name = covered_days.table_name
    where measure_sources.role = 'needs' and covered_days.day is null
),

measure_days as (
    select distinct measure_sources.measure, covered_days.day
    from measure_sources
    inner join covered_days
        on
            measure_sources.source = covered_days.source
            and measure_sources.table_name = covered_days.table_name
            and measure_sources.role = 'covers'
    left join untold_days
        on
            measure_sources.measure = untold_days.measure
            and covered_days.source = untold_days.source
            and covered_days.table_name = untold_days.table_name
            and covered_days.account = untold_days.account
            and covered_days.day = untold_days.day
    left join missing_lists on measure_sources.measure = missing_lists.measure
    where untold_days.day is null and missing_lists.measure is null
),

covered as (
    select
        measure_days.measure,
        window_days.period,
        window_days.window_start,
        window_days.window_end,
        count(*) as covered_days
    from measure_days
    inner join window_days on measure_days.day = window_days.day
    group by measure_days.measure, window_days.period, window_days.window_start, window_days.window_end
),

-- what a required source's accounts have brought of the tables that feed a measure
required_days as (
    select distinct measure_sources.measure, covered_days.source, covered_days.account, covered_days.day
    from measure_sources
    inner join setting_values
        on measure_sources.source = setting_values.value and setting_values.setting = 'required_sources'
    inner join covered_days
        on
            measure_sources.source = covered_days.source
            and measure_sources.table_name = covered_days.table_name
),

-- an account counts from its first such day until it has ended; one that never landed is late, not incomplete
required_accounts as (
    select
        required_days.measure,
        required_days.source,
        required_days.account,
        min(required_days.day) as first_day,
        coalesce(min(accounts.ended_on), cast('9999-12-31' as date)) as last_day
    from required_days
    left join accounts on required_days.source = accounts.source and required_days.account = accounts.account
    group by required_days.measure, required_days.source, required_days.account
),

measure_ends as (
    select distinct measure, window_end from covered
),

missing as (
    select distinct measure_ends.measure, measure_ends.window_end
    from measure_ends
    inner join required_accounts
        on
            measure_ends.measure = required_accounts.measure
            and measure_ends.window_end between required_accounts.first_day and required_accounts.last_day
    left join required_days
        on
            required_accounts.measure = required_days.measure
            and required_accounts.source = required_days.source
            and required_accounts.account = required_days.account
            and measure_ends.window_end = required_days.day
    where required_days.day is null
),

-- how long after its last day a cohort still runs; the cart's window is a setting
cohorts as (
    select
        measures.measure,
        measures.grains,
        coalesce(
            case when measure_rules.follow_up = 'cart_window' then settings.cart_window_days end,
            measure_rules.follow_up_days,
            0
        ) as follow_up_days
    from measures
    cross join settings
    left join measure_rules on measures.measure = measure_rules.measure
),

final as (
    select
        covered.measure,
        covered.period,
        covered.window_start,
        covered.window_end,
        windows.is_period,
        covered.covered_days,
        (
            {{ add_days('covered.window_end', 'cohorts.follow_up_days') }} < settings.as_of
            and covered.covered_days = windows.window_days
            and missing.measure is null
        ) as is_complete
    from covered
    cross join settings
    inner join windows
        on
            covered.period = windows.period
            and covered.window_start = windows.window_start
            and covered.window_end = windows.window_end
    inner join cohorts
        on covered.measure = cohorts.measure and {{ grain_holds('cohorts.grains', 'covered.period') }}
    left join missing on covered.measure = missing.measure and covered.window_end = missing.window_end
)

select * from final
