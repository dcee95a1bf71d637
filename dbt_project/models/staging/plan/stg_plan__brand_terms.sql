-- Grain: one search term of the own brand or of a competitor.
-- depends_on: {{ source('plan', 'brand_terms') }}
with

landed as (select * from {{ landed('plan', 'brand_terms') }}),

-- the same term listed twice is one term
final as (
    select distinct
        'plan' as source,
        account,
        lower(trim(term)) as term,
        lower(trim(kind)) as kind,
        nullif(trim(competitor), '') as competitor
    from landed
)

select * from final
