-- Grain: one row per KPI × window × channel × market at which all of the KPI's measures exist.
with

kpi_catalog as (select * from {{ ref('kpi_catalog') }}),

terms as (select * from {{ ref('int_kpi_terms') }}),

measure_windows as (select * from {{ ref('int_measure_window') }}),

-- a side with an unknown measure is unknown: sum() alone would take it for 0
summed as (
    select
        terms.kpi,
        measure_windows.period,
        measure_windows.window_start,
        measure_windows.window_end,
        measure_windows.is_period,
        measure_windows.channel,
        measure_windows.market,
        sum(case when terms.side = 'numerator' then terms.coefficient * measure_windows.value end) as numerator,
        count(case when terms.side = 'numerator' then measure_windows.value end)
        = max(case when terms.side = 'numerator' then terms.side_terms end) as has_numerator,
        sum(case when terms.side = 'denominator' then terms.coefficient * measure_windows.value end) as denominator,
        count(case when terms.side = 'denominator' then measure_windows.value end)
        = max(case when terms.side = 'denominator' then terms.side_terms end) as has_denominator,
        min(case when measure_windows.is_complete then 1 else 0 end) = 1 as is_complete
    from terms
    inner join measure_windows
        on
            terms.measure = measure_windows.measure
            and {{ grain_holds('terms.grains', 'measure_windows.period') }}
    group by
        terms.kpi,
        measure_windows.period,
        measure_windows.window_start,
        measure_windows.window_end,
        measure_windows.is_period,
        measure_windows.channel,
        measure_windows.market
    having count(*) = max(terms.kpi_terms)
),

known as (
    select
        kpi,
        period,
        window_start,
        window_end,
        is_period,
        channel,
        market,
        cast(case when has_numerator then numerator end as decimal(38, 6)) as numerator,
        cast(case when has_denominator then denominator end as decimal(38, 6)) as denominator,
        is_complete
    from summed
),

final as (
    select
        known.kpi,
        known.period,
        known.window_start,
        known.window_end,
        known.is_period,
        known.channel,
        known.market,
        known.numerator,
        known.denominator,
        case
            when kpi_catalog.denominator is null then kpi_catalog.scale * cast(known.numerator as double)
            when known.denominator <> 0
                then kpi_catalog.scale * cast(known.numerator as double) / cast(known.denominator as double)
        end as value,
        known.is_complete
    from known
    inner join kpi_catalog on known.kpi = kpi_catalog.kpi
)

select * from final
