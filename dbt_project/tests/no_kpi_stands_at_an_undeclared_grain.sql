-- A distinct count or a rate at a grain that its KPI or one of its measures does not declare would be a guess.
select distinct race_kpi.kpi, race_kpi.period
from {{ ref('race_kpi') }} as race_kpi
inner join {{ ref('kpi_catalog') }} as kpi_catalog on race_kpi.kpi = kpi_catalog.kpi
inner join {{ ref('int_kpi_terms') }} as terms on race_kpi.kpi = terms.kpi
inner join {{ ref('measures') }} as measures on terms.measure = measures.measure
where
    not {{ grain_holds('kpi_catalog.grains', 'race_kpi.period') }}
    or not {{ grain_holds('measures.grains', 'race_kpi.period') }}
    or (race_kpi.channel <> 'all' and race_kpi.market <> 'all' and race_kpi.period in ('day', 'week'))
    or (race_kpi.channel <> 'all' and measures.channel_by = 'none')
    or (race_kpi.market <> 'all' and measures.market_by = 'none')
    or (
        measures.channel_by like 'fixed %'
        and race_kpi.channel not in ('all', replace(measures.channel_by, 'fixed ', ''))
    )
