-- Grain: one row per measure of the catalogue, whether or not a source feeds it yet.

with

measures as (select * from {{ ref('measures') }}),

measure_sources as (select * from {{ ref('measure_sources') }}),

feeding as (
    select distinct measure
    from measure_sources
),

final as (
    select
        measures.measure,
        measures.stage,
        measures.unit,
        measures.additivity,
        measures.dated_by,
        measures.channel_by,
        measures.market_by,
        measures.grains,
        measures.definition,
        feeding.measure is not null as is_fed,
        measures.dated_by_vi,
        measures.definition_vi
    from measures
    left join feeding on measures.measure = feeding.measure
)

select * from final
