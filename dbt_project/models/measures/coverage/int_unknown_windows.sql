-- Grain: one row per measure × window × market (null: every market) whose covered days do not tell the measure.
with

settings as (select * from {{ source('house', 'settings') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

sessions as (select * from {{ ref('fct_reach_session') }}),

session_events as (select * from {{ ref('int_session_events') }}),

measure_rules as (select * from {{ ref('measure_rules') }}),

measures as (select * from {{ ref('measures') }}),

window_fits as (select * from {{ ref('int_window_fits') }}),

coverage as (select * from {{ ref('int_measure_coverage') }}),

readings as (select * from {{ ref('measure_readings') }}),

young_histories as (select * from {{ ref('int_young_histories') }}),

first_years as (select * from {{ ref('fct_engage_first_year') }}),

lead_values as (select * from {{ ref('int_lead_values') }}),

-- on the first loaded day of an account all its customers would be new, in every market that it sells to
unready as (
    select distinct
        coverage.measure,
        coverage.period,
        coverage.window_start,
        coverage.window_end,
        young_histories.market
    from coverage
    inner join measure_rules on coverage.measure = measure_rules.measure and measure_rules.needs_history
    inner join young_histories
        on
            coverage.window_end >= young_histories.from_day
            and coverage.window_start < young_histories.until_day
),

-- a state is read on the day before as_of, and a window that begins on as_of has no such day
unread as (
    select coverage.measure, coverage.period, coverage.window_start, coverage.window_end
    from coverage
    cross join settings
    inner join readings on coverage.measure = readings.measure
    where readings.read_on = 'end' and coverage.window_start >= settings.as_of
),

-- Segment sends no first touch, and an export of GA4 may leave it out
untold_sites as (
    select source, account
    from session_events
    group by source, account
    having count(user_first_touch_at) = 0
),

site_days as (
    select source, account, min(day) as first_day
    from covered_days
    where table_name = 'events'
    group by source, account
),

-- until such a site's own history is long enough, who comes again looks new wherever it has visitors
young_sites as (
    select distinct
        sessions.market,
        coalesce(accounts.history_start, site_days.first_day) as first_day
    from sessions
    inner join untold_sites on sessions.source = untold_sites.source and sessions.account = untold_sites.account
    inner join accounts
        on
            sessions.source = accounts.source
            and sessions.account = accounts.account
            -- who comes to a site that opened here has never been there before
            and accounts.opened_on is null
    left join site_days on sessions.source = site_days.source and sessions.account = site_days.account
),

first_touches as (
    select
        coverage.measure,
        coverage.period,
        coverage.window_start,
        coverage.window_end,
        young_sites.market
    from coverage
    cross join settings
    inner join young_sites
        on
            coverage.window_end >= young_sites.first_day
            and coverage.window_start < {{ add_days('young_sites.first_day', 'settings.history_days') }}
    where coverage.measure = 'new_visitors'
),

-- days on which the part is told and the whole is not would make the part larger than the whole
incomparable as (
    select whole.measure, whole.period, whole.window_start, whole.window_end
    from coverage as whole
    inner join measure_rules on whole.measure = measure_rules.measure
    inner join coverage as part
        on
            measure_rules.whole_of = part.measure
            and whole.period = part.period
            and whole.window_start = part.window_start
            and whole.window_end = part.window_end
    where whole.covered_days < part.covered_days
),

-- what no fit tells is not 0
unfitted as (
    select coverage.measure, coverage.period, coverage.window_start, coverage.window_end
    from coverage
    inner join measures on coverage.measure = measures.measure and measures.additivity = 'fitted'
    left join window_fits
        on
            coverage.measure = window_fits.measure
            and coverage.period = window_fits.period
            and coverage.window_start = window_fits.window_start
            and coverage.window_end = window_fits.window_end
            and window_fits.market = 'all'
    where window_fits.measure is null
),

-- without the value of some of its leads a sum would still be divided by all of them
unpriced as (
    select distinct coverage.measure, coverage.period, coverage.window_start, coverage.window_end
    from coverage
    inner join lead_values on lead_values.day between coverage.window_start and coverage.window_end
    where coverage.measure = 'lead_value' and lead_values.lead_value is null
),

-- who came after the newest fit is expected to bring nobody knows what
unexpected as (
    select distinct coverage.measure, coverage.period, coverage.window_start, coverage.window_end
    from coverage
    cross join settings
    inner join first_years
        on
            first_years.first_order_date between coverage.window_start and coverage.window_end
            and settings.as_of > first_years.first_order_date
    where coverage.measure = 'first_year_gross_profit' and first_years.gross_profit_12m is null
),

everywhere as (
    select measure, period, window_start, window_end from unexpected
    union
    select measure, period, window_start, window_end from unread
    union
    select measure, period, window_start, window_end from incomparable
    union
    select measure, period, window_start, window_end from unfitted
    union
    select measure, period, window_start, window_end from unpriced
),

in_markets as (
    select measure, period, window_start, window_end, market from unready
    union
    select measure, period, window_start, window_end, market from first_touches
    union
    select measure, period, window_start, window_end, 'all' as market from first_touches
),

-- what is unknown everywhere is said once
final as (
    select measure, period, window_start, window_end, cast(null as string) as market from everywhere
    union all
    select
        in_markets.measure,
        in_markets.period,
        in_markets.window_start,
        in_markets.window_end,
        in_markets.market
    from in_markets
    left join everywhere
        on
            in_markets.measure = everywhere.measure
            and in_markets.period = everywhere.period
            and in_markets.window_start = everywhere.window_start
            and in_markets.window_end = everywhere.window_end
    where everywhere.measure is null
)

select * from final
