-- Grain: one mention of the brand or of a competitor, however many queries, tools and exports found it.
with

found as (
    {% for tool in ['brandwatch', 'meltwater', 'brand24'] %}
    select * from {{ ref('stg_listening__' ~ tool) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

terms as (select * from {{ ref('int_listening_terms') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

of_somebody as (
    select
        found.*,
        terms.kind,
        terms.competitor,
        accounts.market,
        {{ local_day('found.mentioned_at', 'accounts.time_zone') }} as day,
        -- a mention without an address is told apart by its row
        {{ key_of([
            'found.source', 'found.account', 'terms.kind', 'terms.competitor',
            "coalesce(found.url, concat_ws('|', found.batch_id, cast(found.landed_row as string)))"
        ]) }} as mention_id
    from found
    inner join terms on found.query = terms.query
    inner join accounts on found.source = accounts.source and found.account = accounts.account
),

-- the newest export knows best how the mention is judged
ranked as (
    select
        *,
        row_number() over (
            partition by mention_id
            order by exported_at desc, tool asc, query asc, batch_id desc, landed_row desc
        ) as place
    from of_somebody
),

final as (
    select
        mention_id,
        source,
        account,
        tool,
        query,
        kind,
        competitor,
        market,
        day,
        mentioned_at,
        sentiment,
        url,
        reach,
        product
    from ranked
    where place = 1
)

select * from final
