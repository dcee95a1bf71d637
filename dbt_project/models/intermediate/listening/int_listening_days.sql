-- Grain: one day of a listening tool's account between the first and the last mention of an export.
with

exports as (
    {% for tool in ['brandwatch', 'meltwater', 'brand24'] %}
    select * from {{ ref('stg_listening__' ~ tool ~ '_exports') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

terms as (select * from {{ ref('int_listening_terms') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

spans as (
    select
        exports.source,
        exports.account,
        exports.tool,
        exports.exported_at,
        {{ local_day('min(exports.first_mentioned_at)', 'accounts.time_zone') }} as first_day,
        {{ local_day('max(exports.last_mentioned_at)', 'accounts.time_zone') }} as last_day,
        max(case when terms.kind = 'brand' then 1 else 0 end) as has_brand,
        max(case when terms.kind = 'competitor' then 1 else 0 end) as has_competitor
    from exports
    inner join accounts on exports.source = accounts.source and exports.account = accounts.account
    left join terms on exports.query = terms.query
    group by exports.source, exports.account, exports.tool, exports.exported_at, accounts.time_zone
),

days as (
    select
        source,
        account,
        tool,
        has_brand,
        has_competitor,
        {{ each_day('first_day', 'last_day') }} as day
    from spans
),

-- the brand and its competitors may come in files of their own
told as (
    select
        source,
        account,
        tool,
        day,
        max(has_brand) = 1 as has_brand,
        max(has_brand) + max(has_competitor) = 2 as has_both
    from days
    group by source, account, tool, day
),

-- where one tool or account leaves the competitors out, brand and all do not compare on that day
final as (
    select
        source,
        account,
        tool,
        day,
        has_brand,
        min(case when has_both then 1 else 0 end) over (partition by day) = 1 as is_alike
    from told
)

select * from final
