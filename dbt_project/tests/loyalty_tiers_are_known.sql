-- The loyalty programme's files name a tier that is in no list: nobody knows whether it is above or below another.
-- Name it in loyalty_tiers.csv of the home.
{{ config(severity='warn') }}
with

told as (select * from {{ ref('stg_loyalty__member_states') }}),

known as (select * from {{ ref('int_loyalty_tiers') }})

select
    told.account,
    told.tier as tier_name,
    count(distinct told.member_hash) as members
from told
left join known on lower(trim(told.tier)) = known.tier_name
where trim(told.tier) <> '' and known.tier_name is null
group by told.account, told.tier
