-- A percentile is its KPI by itself: no sum, multiple or ratio of percentiles is a percentile of anything. What has
-- single values has a rule that says which percentile is taken of them.
with

measures as (select * from {{ ref('measures') }}),

measure_rules as (select * from {{ ref('measure_rules') }}),

single_values as (select * from {{ ref('int_measure_values') }}),

kpi_catalog as (select * from {{ ref('kpi_catalog') }}),

terms as (select * from {{ ref('int_kpi_terms') }}),

without_rule as (
    select distinct cast(null as string) as kpi, single_values.measure
    from single_values
    left join measure_rules on single_values.measure = measure_rules.measure
    left join measures on single_values.measure = measures.measure
    where measure_rules.percentile is null or measures.additivity <> 'percentile'
),

combined as (
    select terms.kpi, terms.measure
    from terms
    inner join measures on terms.measure = measures.measure
    inner join kpi_catalog on terms.kpi = kpi_catalog.kpi
    where
        measures.additivity = 'percentile'
        and (terms.kpi_terms > 1 or terms.coefficient <> 1 or kpi_catalog.scale <> 1 or kpi_catalog.part_of_whole)
)

select kpi, measure from without_rule
union all
select kpi, measure from combined
