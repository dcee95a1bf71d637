-- Grain: one row per kpi × period × period_start × channel × market.

with

settings as (select * from {{ source('house', 'settings') }}),

kpi_catalog as (select * from {{ ref('kpi_catalog') }}),

periods as (select * from {{ ref('int_periods') }}),

kpi_windows as (select * from {{ ref('int_kpi_window') }}),

targets as (select * from {{ ref('fct_plan_target') }}),

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
    select kpi, period, window_start, channel, market, value
    from kpi_windows
    where is_period
),

compared as (
    select
        current_rows.*,
        previous.value as previous_value,
        to_date.value as previous_to_date_value,
        year_ago.value as year_ago_value,
        targets.target
    from current_rows
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
    left join targets
        on
            current_rows.kpi = targets.kpi
            and current_rows.period = targets.period
            and current_rows.period_start = targets.period_start
            and current_rows.channel = targets.channel
            and current_rows.market = targets.market
),

attained as (
    select
        *,
        case
            when good = 'up' and target <> 0 then value / cast(target as double)
            when good = 'down' and value <> 0 then cast(target as double) / value
        end as attainment
    from compared
),

-- nothing bad happened at all: on track, whatever little was allowed
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
            when attained.good = 'down' and attained.value = 0 and attained.target is not null then 'on_track'
            when attained.attainment >= settings.on_track then 'on_track'
            when attained.attainment >= settings.at_risk then 'at_risk'
            when attained.attainment is not null then 'off_track'
        end as status,
        attained.is_complete,
        attained.as_of
    from attained
    cross join settings
)

select * from final
