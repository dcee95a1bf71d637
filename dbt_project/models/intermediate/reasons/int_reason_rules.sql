-- Grain: one rule of which reason a text names: the company's own before the house's.
with

own as (select * from {{ source('house', 'own_reasons') }}),

known as (select * from {{ ref('reasons') }}),

final as (
    select
        cast(rule as bigint) as rule,
        pattern,
        reason
    from own
    union all
    select
        cast(1000000 + rule as bigint) as rule,
        pattern,
        reason
    from known
)

select * from final
