-- Grain: one search term of a report on the days that it speaks for. Detail: rare terms are withheld by the engines.
{% set ads_reports = [
    ('search_term_daily', 'day', 'day'), ('search_term_period', 'period_start', 'period_end'),
    ('connector_search_term_daily', 'day', 'day'),
] %}
with

queries as (
    select * from {{ ref('stg_search_console__queries') }}
    where not coalesce(is_filtered, false)
),

brand_terms as (select distinct term from {{ ref('stg_plan__brand_terms') }} where kind = 'brand'),

accounts as (select * from {{ source('house', 'accounts') }}),

told as (
    {% for report, first_day, last_day in ads_reports %}
    select
        source,
        account,
        '{{ report }}' as report,
        'paid_search' as channel,
        {{ first_day }} as period_start,
        {{ last_day }} as period_end,
        {{ searched_term('search_term') }} as term,
        clicks,
        impressions,
        cost
    from {{ ref('stg_google_ads__' ~ report) }}
    union all
    {% endfor %}
    select
        source,
        account,
        'queries' as report,
        'organic_search' as channel,
        period_start,
        period_end,
        {{ searched_term('query') }} as term,
        clicks,
        impressions,
        cast(null as decimal(18, 6)) as cost
    from queries
),

-- campaigns and match types share a term
terms as (
    select
        source,
        account,
        report,
        channel,
        period_start,
        period_end,
        term,
        cast(sum(clicks) as bigint) as clicks,
        cast(sum(impressions) as bigint) as impressions,
        sum(cost) as cost_account
    from told
    where term is not null
    group by source, account, report, channel, period_start, period_end, term
),

-- a term of the brand stands in it as whole words
branded as (
    select distinct words.term
    from (select distinct term from terms) as words
    inner join brand_terms on concat_ws('', ' ', words.term, ' ') like concat_ws('', '% ', brand_terms.term, ' %')
),

listed as (select count(*) as brand_terms from brand_terms),

final as (
    select
        terms.source,
        terms.account,
        terms.report,
        terms.channel,
        accounts.market,
        terms.period_start,
        terms.period_end,
        terms.term,
        terms.clicks,
        terms.impressions,
        cast(terms.cost_account as decimal(38, 6)) as cost_account,
        -- without a list of the brand's terms nobody knows which ones are its own
        case when listed.brand_terms > 0 then branded.term is not null end as is_brand,
        (
            terms.period_start = cast(date_trunc('month', terms.period_start) as date)
            and terms.period_end = {{ month_end('terms.period_start') }}
        ) as is_whole_month
    from terms
    cross join listed
    inner join accounts on terms.source = accounts.source and terms.account = accounts.account
    left join branded on terms.term = branded.term
)

select * from final
