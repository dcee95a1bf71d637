-- Grain: one row per paired measure × window × market: followers and subscribers at both ends of a window, of those
-- profiles and lists alone that are known at both.
-- A profile that is read for the first time, or not any more, is no growth.
{% set carried_days = 31 %}

with

windows as (select * from {{ ref('int_windows') }}),

reading_spans as (
    select * from {{ ref('int_reading_spans') }}
    where state = 'following' and market <> 'all'
),

subscribers as (
    select * from {{ ref('fct_engage_subscriber') }}
    where ended_on is null or ended_on > subscribed_on
),

covered_days as (select * from {{ source('house', 'covered_days') }}),

list_tables as (
    select source, table_name from {{ ref('measure_sources') }}
    where measure = 'subscribers' and role = 'covers'
),

ends as (
    select period, window_start, window_end, {{ add_days('window_start', -1) }} as start_day, reached_on as end_day
    from windows
    where reached_on >= window_start
),

-- followers: a reading says how many a profile has

profiles as (
    select
        ends.period,
        ends.window_start,
        ends.window_end,
        at_end.market,
        at_start.amount as at_start,
        at_end.amount as at_end
    from ends
    inner join reading_spans as at_start
        on ends.start_day >= at_start.from_day and ends.start_day < at_start.until_day
    inner join reading_spans as at_end
        on
            at_start.entity = at_end.entity
            and ends.end_day >= at_end.from_day
            and ends.end_day < at_end.until_day
),

-- subscribers: a list says who they are, and one address in two lists is one subscriber

list_days as (
    select
        covered_days.source,
        covered_days.account,
        covered_days.day as from_day,
        {{ add_days('covered_days.day', carried_days + 1) }} as until_day
    from covered_days
    inner join list_tables
        on covered_days.source = list_tables.source and covered_days.table_name = list_tables.table_name
),

list_spans as (
    {{ merged_stretches('list_days', ['source', 'account']) }}
),

lists as (
    select
        ends.period,
        ends.window_start,
        ends.window_end,
        ends.start_day,
        ends.end_day,
        at_start.source,
        at_start.account
    from ends
    inner join list_spans as at_start
        on ends.start_day >= at_start.from_day and ends.start_day < at_start.until_day
    inner join list_spans as at_end
        on
            at_start.source = at_end.source
            and at_start.account = at_end.account
            and ends.end_day >= at_end.from_day
            and ends.end_day < at_end.until_day
),

-- most windows have the same lists: each set of them is counted once
window_sets as (
    select period, window_start, window_end, start_day, end_day, {{ digest_of_rows(['source', 'account']) }} as list_set
    from lists
    group by period, window_start, window_end, start_day, end_day
),

list_sets as (
    select distinct window_sets.list_set, lists.source, lists.account
    from lists
    inner join window_sets
        on
            lists.period = window_sets.period
            and lists.window_start = window_sets.window_start
            and lists.window_end = window_sets.window_end
),

members as (
    select
        list_sets.list_set,
        subscribers.market,
        subscribers.email_hash,
        subscribers.subscribed_on as from_day,
        coalesce(subscribers.ended_on, cast('9999-12-31' as date)) as until_day
    from list_sets
    inner join subscribers on list_sets.source = subscribers.source and list_sets.account = subscribers.account
),

levels as (
    select list_set, market, email_hash, from_day, until_day from members
    where market is not null
    union all
    select list_set, 'all' as market, email_hash, from_day, until_day from members
),

member_spans as (
    {{ merged_stretches('levels', ['list_set', 'market', 'email_hash']) }}
),

changes as (
    select list_set, market, from_day as day, 1 as change from member_spans
    union all
    select list_set, market, until_day as day, -1 as change from member_spans
),

set_markets as (select distinct list_set, market from changes),

days_read as (
    select list_set, start_day as day from window_sets
    union
    select list_set, end_day as day from window_sets
),

-- days that are read and days that change something, so that one running sum answers every reading
steps as (
    select list_set, market, day, change from changes
    union all
    select days_read.list_set, set_markets.market, days_read.day, 0 as change
    from days_read
    inner join set_markets on days_read.list_set = set_markets.list_set
),

daily as (
    select list_set, market, day, sum(change) as change
    from steps
    group by list_set, market, day
),

running as (
    select
        list_set,
        market,
        day,
        sum(change) over (partition by list_set, market order by day rows unbounded preceding) as members
    from daily
),

counted as (
    {% for measure, which in [('followers_with_start', 'at_end'), ('followers_at_start_with_end', 'at_start')] %}
    select '{{ measure }}' as measure, period, window_start, window_end, market, sum({{ which }}) as value
    from profiles
    where market is not null
    group by period, window_start, window_end, market
    union all
    select '{{ measure }}' as measure, period, window_start, window_end, 'all' as market, sum({{ which }}) as value
    from profiles
    group by period, window_start, window_end
    union all
    {% endfor %}
    {% for measure, which in [('subscribers_with_start', 'end_day'), ('subscribers_at_start_with_end', 'start_day')] %}
    select
        '{{ measure }}' as measure,
        window_sets.period,
        window_sets.window_start,
        window_sets.window_end,
        running.market,
        running.members as value
    from window_sets
    inner join running on window_sets.list_set = running.list_set and window_sets.{{ which }} = running.day
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        measure,
        period,
        window_start,
        window_end,
        'all' as channel,
        market,
        cast(value as decimal(38, 6)) as value
    from counted
    where value <> 0
)

select * from final
