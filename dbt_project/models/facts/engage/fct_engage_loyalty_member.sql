-- Grain: one membership of the loyalty programme.
with

members as (
    select * from {{ ref('int_loyalty_members') }}
    where not is_excluded
),

final as (
    select
        source,
        account,
        member_hash,
        person_id,
        -- one person with several cards is one member
        coalesce(person_id, concat_ws('', account, ':', member_hash)) as member_key,
        market,
        joined_on,
        left_on
    from members
)

select * from final
