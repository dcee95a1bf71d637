-- Grain: one reading of a social profile's followers: account × network × handle × day.
with

readings as (select * from {{ ref('stg_social__follower_counts') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

final as (
    select
        readings.source,
        readings.account,
        readings.network,
        readings.handle,
        readings.day,
        accounts.market,
        readings.followers
    from readings
    inner join accounts on readings.source = accounts.source and readings.account = accounts.account
)

select * from final
