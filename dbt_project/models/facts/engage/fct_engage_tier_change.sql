-- Grain: one start of a member in a tier of the loyalty programme.
with

spans as (select * from {{ ref('int_loyalty_tier_spans') }}),

final as (
    select
        {{ key_of(['account', 'member_hash', 'cast(from_day as string)', 'tier']) }} as tier_change_id,
        source,
        account,
        member_hash,
        person_id,
        coalesce(person_id, concat_ws('', account, ':', member_hash)) as member_key,
        market,
        from_day as day,
        until_day,
        tier_before,
        tier,
        case
            when tier_before is null then 'first'
            when rank is null or rank_before is null then 'unknown'
            when rank > rank_before then 'up'
            when rank < rank_before then 'down'
            else 'unknown'
        end as direction,
        is_estimated
    from spans
)

select * from final
