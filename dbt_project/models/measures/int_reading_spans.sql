-- Grain: one row per state × entity × market × reading: the days on which that reading is the last one known.
-- Market `all` holds the readings of every market.
{{ config(materialized='table', tags=['mart']) }}

{% set carried_days = 31 %}

with

followers as (select * from {{ ref('fct_reach_follower') }}),

readings as (
    select
        'following' as state,
        {{ key_of(['source', 'account', 'network', 'handle']) }} as entity,
        market,
        day,
        followers as amount
    from followers
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
            {{ add_days('day', carried_days + 1) }}
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
