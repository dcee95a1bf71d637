-- Grain: one own post × export that shows it × what changed since the export before. Counts may be below 0 here.
{% set counters = ['impressions', 'views', 'likes', 'comments', 'shares', 'saves'] %}
with

states as (
    {% for table in ['youtube_content', 'meta_posts', 'x_content', 'linkedin_posts'] %}
    select
        source,
        account,
        network,
        '{{ table }}' as table_name,
        post_id,
        exported_at,
        published_on,
        {% for counter in counters %}
        {{ counter }},
        {% endfor %}
        is_ad
    from {{ ref('stg_social__' ~ table ~ '_states') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

accounts as (select * from {{ source('house', 'accounts') }}),

exports as (
    select
        source,
        account,
        network,
        exported_at,
        lag(exported_at) over (partition by source, account, network order by exported_at) as exported_before
    from (select distinct source, account, network, exported_at from states) as every_export
),

dated as (
    select
        states.*,
        accounts.market,
        {{ local_day('states.exported_at', 'accounts.time_zone') }} as day,
        {{ local_day('exports.exported_before', 'accounts.time_zone') }} as exported_before_on,
        row_number() over (
            partition by states.source, states.account, states.network, states.post_id order by states.exported_at
        ) = 1 as is_first
    from states
    inner join accounts on states.source = accounts.source and states.account = accounts.account
    inner join exports
        on
            states.source = exports.source
            and states.account = exports.account
            and states.network = exports.network
            and states.exported_at = exports.exported_at
    -- an advertisement on LinkedIn stands among the page's posts
    where not states.is_ad
),

with_before as (
    select
        *,
        {% for counter in counters %}
        {{ last_known(counter, 'source, account, network, post_id', 'exported_at') }} as {{ counter }}_before,
        {% endfor %}
        -- a post that came since the account's export before has all its figures since then; what an older post
        -- had when it was first seen belongs to days that nobody knows
        coalesce(is_first and published_on >= exported_before_on, false) as is_new
    from dated
),

-- what an export does not state, or what was there before the first one, is unknown and not 0
changes as (
    select
        source,
        account,
        network,
        table_name,
        market,
        post_id,
        exported_at,
        day,
        {% for counter in counters %}
        {{ counter }} - case when is_new then 0 else {{ counter }}_before end as {{ counter }},
        {% endfor %}
        impressions is not null as states_impressions
    from with_before
),

-- views are impressions where a network states no impressions: Meta since 2025
final as (
    select
        source,
        account,
        network,
        table_name,
        market,
        post_id,
        exported_at,
        day,
        case when states_impressions then impressions else views end as impressions,
        likes,
        comments,
        shares,
        saves
    from changes
)

select * from final
