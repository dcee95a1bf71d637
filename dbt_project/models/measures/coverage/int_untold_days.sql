-- Grain: one row per measure × landed table × account × day that a file covers by its dates and yet tells nothing of.
with

terms as (select * from {{ ref('fct_engage_term') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

measure_sources as (select * from {{ ref('measure_sources') }}),

authority as (select * from {{ ref('fct_reach_domain_authority') }}),

brand_searches as (select * from {{ ref('fct_reach_brand_search') }}),

search_terms as (select * from {{ ref('fct_reach_search_term') }}),

social_steps as (select * from {{ ref('int_social_post_steps') }}),

social_days as (select * from {{ ref('int_social_daily') }}),

listening_days as (select * from {{ ref('int_listening_days') }}),

campaign_map as (select * from {{ ref('int_campaign_map') }}),

-- figures since publication tell of days from the account's first export on, and of none where a daily report bears
first_exports as (
    select
        social_steps.source,
        social_steps.account,
        social_steps.table_name,
        min(case when social_days.source is null then social_steps.day end) as first_day
    from social_steps
    left join (select distinct source, account, network from social_days) as social_days
        on
            social_steps.source = social_days.source
            and social_steps.account = social_days.account
            and social_steps.network = social_days.network
    group by social_steps.source, social_steps.account, social_steps.table_name
),

of_posts as (
    select
        measure_sources.measure,
        covered_days.source,
        covered_days.table_name,
        covered_days.account,
        covered_days.day
    from covered_days
    inner join measure_sources
        on
            covered_days.source = measure_sources.source
            and covered_days.table_name = measure_sources.table_name
    inner join first_exports
        on
            covered_days.source = first_exports.source
            and covered_days.table_name = first_exports.table_name
            and covered_days.account = first_exports.account
    where first_exports.first_day is null or covered_days.day < first_exports.first_day
),

-- an export of competitors alone tells nothing of the brand, and a share of voice wants all of them alike
of_mentions as (
    select
        measure_sources.measure,
        listening_days.source,
        listening_days.tool as table_name,
        listening_days.account,
        listening_days.day
    from listening_days
    inner join measure_sources
        on listening_days.source = measure_sources.source and listening_days.tool = measure_sources.table_name
    where
        (measure_sources.measure = 'tracked_mentions' and not listening_days.is_alike)
        or (measure_sources.measure <> 'tracked_mentions' and not listening_days.has_brand)
),

first_scores as (select min(day) as first_day from authority where is_primary),

-- scores of other vendors and domains tell nothing of the own one, and none tells of the time before it
of_scores as (
    select
        'domain_authority' as measure,
        covered_days.source,
        covered_days.table_name,
        covered_days.account,
        covered_days.day
    from covered_days
    cross join first_scores
    where
        covered_days.source = 'seo'
        and covered_days.table_name in ('moz_domains', 'domain_scores')
        and (first_scores.first_day is null or covered_days.day < first_scores.first_day)
),

brand_months as (
    select distinct account, day as first_day, {{ add_months('day', 1) }} as until_day
    from brand_searches
),

-- a download without a single term of the brand tells nothing of it
of_searches as (
    select
        'brand_search_volume' as measure,
        covered_days.source,
        covered_days.table_name,
        covered_days.account,
        covered_days.day
    from covered_days
    left join brand_months
        on
            covered_days.account = brand_months.account
            and covered_days.day >= brand_months.first_day
            and covered_days.day < brand_months.until_day
    where
        covered_days.source = 'seo'
        and covered_days.table_name = 'keyword_planner'
        and brand_months.account is null
),

priced_accounts as (
    select distinct account from terms
    where mrr is not null
),

-- a list of terms that never says what they cost tells nothing of recurring revenue
of_terms as (
    select
        measure_sources.measure,
        covered_days.source,
        covered_days.table_name,
        covered_days.account,
        covered_days.day
    from covered_days
    inner join measure_sources
        on
            covered_days.source = measure_sources.source
            and covered_days.table_name = measure_sources.table_name
    left join priced_accounts on covered_days.account = priced_accounts.account
    where
        covered_days.source = 'plan'
        and covered_days.table_name = 'subscriptions'
        and measure_sources.measure like 'mrr%'
        and priced_accounts.account is null
),

query_months as (
    select
        source,
        account,
        period_start as first_day,
        period_end as last_day,
        max(case when is_brand is not null then 1 else 0 end) as tells_brand
    from search_terms
    where report = 'queries' and is_whole_month
    group by source, account, period_start, period_end
),

-- a query table over other days than a month's tells nothing of any month, and none of the brand without its terms
of_queries as (
    select
        measure_sources.measure,
        covered_days.source,
        covered_days.table_name,
        covered_days.account,
        covered_days.day
    from covered_days
    inner join measure_sources
        on
            covered_days.source = measure_sources.source
            and covered_days.table_name = measure_sources.table_name
    left join query_months
        on
            covered_days.source = query_months.source
            and covered_days.account = query_months.account
            and covered_days.day between query_months.first_day and query_months.last_day
    where
        covered_days.source = 'search_console'
        and covered_days.table_name = 'queries'
        and (
            query_months.account is null
            or (measure_sources.measure = 'brand_query_clicks' and query_months.tells_brand = 0)
        )
),

-- where the plan aims no campaign at existing customers nobody knows what was done for them
of_aims as (
    select
        measure_sources.measure,
        covered_days.source,
        covered_days.table_name,
        covered_days.account,
        covered_days.day
    from covered_days
    inner join measure_sources
        on
            covered_days.source = measure_sources.source
            and covered_days.table_name = measure_sources.table_name
    where
        measure_sources.measure like 'customer_campaign%'
        and not exists (select 1 from campaign_map where campaign_map.aim = 'existing')
),

order_days as (
    select distinct covered_days.day
    from covered_days
    inner join measure_sources
        on
            covered_days.source = measure_sources.source
            and covered_days.table_name = measure_sources.table_name
    where measure_sources.measure = 'net_sales' and measure_sources.role = 'covers'
),

-- the size of a market tells nothing of one's own part on days of which no shop was loaded
of_market_sizes as (
    select
        'net_sales_in_market' as measure,
        covered_days.source,
        covered_days.table_name,
        covered_days.account,
        covered_days.day
    from covered_days
    left join order_days on covered_days.day = order_days.day
    where
        covered_days.source = 'plan'
        and covered_days.table_name = 'market_size'
        and order_days.day is null
),

unstated_orders as (select * from {{ ref('int_unstated_orders') }}),

-- what an order file never states it tells of no day
of_order_files as (
    select
        unstated_orders.measure,
        covered_days.source,
        covered_days.table_name,
        covered_days.account,
        covered_days.day
    from covered_days
    inner join unstated_orders
        on covered_days.source = unstated_orders.source and covered_days.account = unstated_orders.account
    where covered_days.table_name = 'orders'
),

final as (
    select measure, source, table_name, account, day from of_scores
    union all
    select measure, source, table_name, account, day from of_searches
    union all
    select measure, source, table_name, account, day from of_order_files
    union all
    select measure, source, table_name, account, day from of_posts
    union all
    select measure, source, table_name, account, day from of_mentions
    union all
    select measure, source, table_name, account, day from of_queries
    union all
    select measure, source, table_name, account, day from of_market_sizes
    union all
    select measure, source, table_name, account, day from of_terms
    union all
    select measure, source, table_name, account, day from of_aims
)

select * from final
