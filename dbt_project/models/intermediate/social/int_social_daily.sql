-- Grain: one day of an account's own report on a network, with the numbers as they are. Counts may be below 0 here.
with

x_days as (select * from {{ ref('stg_social__x_account_daily') }}),

linkedin_days as (select * from {{ ref('stg_social__linkedin_page_daily') }}),

threads_days as (select * from {{ ref('stg_threads__daily') }}),

pinterest_days as (select * from {{ ref('stg_pinterest__daily') }}),

days as (
    select
        source,
        account,
        'x' as network,
        day,
        impressions,
        likes,
        comments,
        coalesce(reposts + link_shares, reposts, link_shares) as shares,
        saves
    from x_days
    union all
    select
        source,
        account,
        'linkedin' as network,
        day,
        impressions,
        likes,
        comments,
        shares,
        cast(null as bigint) as saves
    from linkedin_days
    union all
    select
        source,
        account,
        'threads' as network,
        day,
        impressions,
        likes,
        comments,
        shares,
        cast(null as bigint) as saves
    from threads_days
    union all
    select
        source,
        account,
        'pinterest' as network,
        day,
        impressions,
        likes,
        comments,
        cast(null as bigint) as shares,
        saves
    from pinterest_days
),

accounts as (select * from {{ source('house', 'accounts') }}),

final as (
    select
        days.*,
        accounts.market
    from days
    inner join accounts on days.source = accounts.source and days.account = accounts.account
)

select * from final
