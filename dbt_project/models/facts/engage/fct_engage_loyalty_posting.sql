-- Grain: one posting of points.
with

postings as (select * from {{ ref('stg_loyalty__ledger') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

members as (select * from {{ ref('int_loyalty_members') }}),

with_members as (
    select
        postings.*,
        members.person_id,
        coalesce(members.market, accounts.market) as market,
        {{ local_day('postings.posted_at', 'accounts.time_zone') }} as day,
        coalesce(postings.kind in ('earned', 'redeemed'), true) as is_counted,
        postings.points_earned is not null or postings.points_redeemed is not null as has_columns
    from postings
    inner join accounts on postings.source = accounts.source and postings.account = accounts.account
    left join members on postings.account = members.account and postings.member_hash = members.member_hash
    where not coalesce(members.is_excluded, false)
),

-- a kind decides before a column, a column before the sign; a redemption counts by its size
final as (
    select
        posting_id,
        source,
        account,
        member_hash,
        person_id,
        market,
        posted_at,
        day,
        kind,
        cast(
            case
                when not is_counted then 0
                when has_columns then coalesce(points_earned, 0)
                when kind = 'earned' or (kind is null and points > 0) then points
                else 0
            end as decimal(18, 6)
        ) as points_earned,
        cast(
            case
                when not is_counted then 0
                when has_columns then abs(coalesce(points_redeemed, 0))
                when kind = 'redeemed' or (kind is null and points < 0) then abs(points)
                else 0
            end as decimal(18, 6)
        ) as points_redeemed,
        cast(
            case when kind = 'expired' then abs(coalesce(points, points_redeemed, 0)) else 0 end as decimal(18, 6)
        ) as points_expired
    from with_members
)

select * from final
