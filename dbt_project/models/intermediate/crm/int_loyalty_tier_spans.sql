-- Grain: one stretch of days in which a membership is in one tier, as far as the exports tell.
with

members as (
    select * from {{ ref('int_loyalty_members') }}
    where not is_excluded
),

told as (select * from {{ ref('stg_loyalty__member_states') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

tiers as (select * from {{ ref('int_loyalty_tiers') }}),

-- a name that no list has is a tier of its own, of which nobody knows where it stands
named as (
    select
        told.account,
        told.member_hash,
        told.exported_at,
        coalesce(tiers.tier, lower(trim(told.tier))) as tier,
        tiers.rank,
        told.tier_since,
        {{ local_day('told.exported_at', 'accounts.time_zone') }} as exported_on
    from told
    inner join accounts on accounts.source = 'loyalty' and told.account = accounts.account
    left join tiers on lower(trim(told.tier)) = tiers.tier_name
    where trim(told.tier) <> ''
),

compared as (
    select
        *,
        lag(tier) over (partition by account, member_hash order by exported_at asc, tier_since asc) as tier_before,
        lag(rank) over (partition by account, member_hash order by exported_at asc, tier_since asc) as rank_before
    from named
),

-- an export that shows what the one before did tells nothing new; a movement without a day is dated by the export
begun as (
    select
        account,
        member_hash,
        tier,
        rank,
        tier_before,
        rank_before,
        exported_at,
        coalesce(tier_since, exported_on) as from_day,
        tier_since is null as is_estimated
    from compared
    where tier_before is null or tier_before <> tier
),

ended as (
    select
        begun.*,
        members.source,
        members.person_id,
        members.market,
        lead(begun.from_day) over (partition by begun.account, begun.member_hash order by begun.exported_at)
            as next_from_day,
        members.left_on
    from begun
    inner join members on begun.account = members.account and begun.member_hash = members.member_hash
),

final as (
    select
        source,
        account,
        member_hash,
        person_id,
        market,
        tier_before,
        rank_before,
        tier,
        rank,
        from_day,
        case
            when next_from_day is null then left_on
            when left_on is null then next_from_day
            else least(next_from_day, left_on)
        end as until_day,
        is_estimated
    from ended
)

select * from final
