-- Grain: one row per state × entity × market × reading: the days on which that reading is the last one known.
-- Market `all` holds the readings of every market.
{% set carried_days = 31 %}

with

authority as (
    select domain, day, max(score) as score
    from {{ ref('fct_reach_domain_authority') }}
    where is_primary
    group by domain, day
),

followers as (select * from {{ ref('fct_reach_follower') }}),

community as (select * from {{ ref('fct_engage_community') }}),

readings as (
    select
        'following' as state,
        {{ key_of(['source', 'account', 'network', 'handle']) }} as entity,
        market,
        day,
        cast(followers as decimal(38, 6)) as amount
    from followers
    union all
    select
        'scored' as state,
        domain as entity,
        cast(null as string) as market,
        day,
        cast(score as decimal(38, 6)) as amount
    from authority
    union all
    select
        'community_member' as state,
        {{ key_of(['source', 'account']) }} as entity,
        market,
        day,
        cast(members as decimal(38, 6)) as amount
    from community
    union all
    -- a reading without active members stands on neither side of their rate
    select
        'community_member_with_activity' as state,
        {{ key_of(['source', 'account']) }} as entity,
        market,
        day,
        cast(case when active_members is not null then members else 0 end as decimal(38, 6)) as amount
    from community
    union all
    select
        'community_active_member' as state,
        {{ key_of(['source', 'account']) }} as entity,
        market,
        day,
        cast(coalesce(active_members, 0) as decimal(38, 6)) as amount
    from community
),

spans as (
    select
        state,
        entity,
        market,
        day as from_day,
        -- a reading is carried so many days at most: a profile that is read no more is unknown, not unchanged
        least(
            coalesce(lead(day) over (partition by state, entity order by day), cast('9999-12-31' as date)),
            -- a domain's score is read now and then and lasts
            case
                when state = 'scored' then cast('9999-12-31' as date)
                else {{ add_days('day', carried_days + 1) }}
            end
        ) as until_day,
        amount
    from readings
),

final as (
    select state, entity, market, from_day, until_day, amount from spans
    where market is not null
    union all
    select state, entity, 'all' as market, from_day, until_day, amount from spans
)

select * from final
