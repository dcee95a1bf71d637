-- A part cannot exceed its whole, in a period that runs either: where a part is known its whole is, too.
-- Below 0 only money may be, where a month gives back more than it sold.
with

race_kpi as (select * from {{ ref('race_kpi') }}),

parts_of_wholes as (
    select * from {{ ref('kpi_catalog') }}
    where part_of_whole
),

kpis_of_money as (
    select distinct terms.kpi
    from {{ ref('int_kpi_terms') }} as terms
    inner join {{ ref('measures') }} as measures on terms.measure = measures.measure
    where terms.side = 'numerator' and measures.unit = 'money'
),

final as (
    select
        race_kpi.kpi,
        race_kpi.period,
        race_kpi.period_start,
        race_kpi.channel,
        race_kpi.market,
        race_kpi.numerator,
        race_kpi.denominator
    from race_kpi
    inner join parts_of_wholes on race_kpi.kpi = parts_of_wholes.kpi
    left join kpis_of_money on race_kpi.kpi = kpis_of_money.kpi
    where
        race_kpi.numerator > race_kpi.denominator
        or (race_kpi.numerator < 0 and kpis_of_money.kpi is null)
)

select * from final
