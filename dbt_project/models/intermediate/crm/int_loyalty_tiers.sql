-- Grain: one name of a tier of the loyalty programme: the company's own word for it, else the house's.
with

own as (select * from {{ source('house', 'own_loyalty_tiers') }}),

known as (select * from {{ ref('loyalty_tiers') }}),

final as (
    select
        tier_name,
        tier,
        rank
    from own
    union all
    select
        known.tier_name,
        known.tier,
        known.rank
    from known
    left join own on known.tier_name = own.tier_name
    where own.tier_name is null
)

select * from final
