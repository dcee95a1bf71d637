-- Grain: one row per KPI × side of the fraction × measure: the catalogue's formulas as data.
-- A side is a sum of terms: `measure`, `a - b`, `a + b` or with a factor, `2 * a - b`.

with

kpi_catalog as (select * from {{ ref('kpi_catalog') }}),

sides as (
    select kpi, grains, 'numerator' as side, numerator as formula from kpi_catalog
    union all
    select kpi, grains, 'denominator' as side, denominator as formula from kpi_catalog
    where denominator is not null
),

-- every term gets its sign, then `+` alone separates terms
signed as (
    select kpi, grains, side, replace(replace(formula, ' ', ''), '-', '+-') as formula
    from sides
),

terms as (
    select
        kpi,
        grains,
        side,
        {{ each_part('formula', '+') }} as term
    from signed
),

parts as (
    select
        kpi,
        grains,
        side,
        case when term like '-%' then -1 else 1 end as sign,
        case when term like '%*%' then replace(split_part(term, '*', 1), '-', '') end as factor,
        case when term like '%*%' then split_part(term, '*', 2) else replace(term, '-', '') end as measure
    from terms
    where term is not null and term <> ''
),

final as (
    select
        kpi,
        grains,
        side,
        measure,
        cast(sum(sign * cast(coalesce(factor, '1') as decimal(9, 3))) as decimal(9, 3)) as coefficient,
        count(*) over (partition by kpi) as kpi_terms,
        count(*) over (partition by kpi, side) as side_terms
    from parts
    group by kpi, grains, side, measure
)

select * from final
