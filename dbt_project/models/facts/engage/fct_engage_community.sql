-- Grain: one reading of a community's members.
with

readings as (select * from {{ ref('stg_community__readings') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

final as (
    select
        readings.source,
        readings.account,
        readings.day,
        accounts.market,
        readings.members,
        readings.active_members
    from readings
    inner join accounts on readings.source = accounts.source and readings.account = accounts.account
)

select * from final
