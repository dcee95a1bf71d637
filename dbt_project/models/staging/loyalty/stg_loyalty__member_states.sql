-- Grain: one membership as one export showed it: its tier, where the export states one.
-- depends_on: {{ source('loyalty', 'members') }}
with

landed as (select * from {{ landed_states('loyalty', 'members') }}),

final as (
    select distinct
        account,
        _entity as member_hash,
        exported_at,
        tier,
        tier_since
    from landed
)

select * from final
