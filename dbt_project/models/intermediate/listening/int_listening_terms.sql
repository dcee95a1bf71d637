-- Grain: one query, as a lower-case term, and whose mentions it finds.
with

terms as (select * from {{ ref('stg_plan__brand_terms') }}),

-- a term listed for the brand and for a competitor is the brand's
ranked as (
    select
        term as query,
        kind,
        case when kind = 'competitor' then coalesce(competitor, term) end as competitor,
        row_number() over (partition by term order by kind, competitor) as place
    from terms
),

final as (
    select query, kind, competitor from ranked
    where place = 1
)

select * from final
