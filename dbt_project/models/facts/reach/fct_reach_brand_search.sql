-- Grain: one of the own brand's search terms and month, as Keyword Planner counts it for an account.
with

volumes as (select * from {{ ref('stg_seo__keyword_planner') }}),

brand_terms as (select distinct term from {{ ref('stg_plan__brand_terms') }} where kind = 'brand'),

accounts as (select * from {{ source('house', 'accounts') }}),

final as (
    select
        volumes.source,
        volumes.account,
        volumes.month as day,
        volumes.keyword,
        accounts.market,
        max(volumes.searches) as searches,
        max(volumes.is_bucketed) as is_bucketed
    from volumes
    inner join brand_terms on volumes.keyword = brand_terms.term
    inner join accounts on volumes.source = accounts.source and volumes.account = accounts.account
    group by volumes.source, volumes.account, volumes.month, volumes.keyword, accounts.market
)

select * from final
