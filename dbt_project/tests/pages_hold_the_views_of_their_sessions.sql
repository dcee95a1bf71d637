-- The pages of a site's day and channel come to the page views of its sessions, in all and by where visits began.
with

of_pages as (
    select
        source,
        account,
        day,
        channel,
        sum(views) as views,
        sum(entrances) as entrances,
        sum(bounced_entrances) as bounced_entrances,
        sum(exits) as exits
    from {{ ref('fct_act_page') }}
    group by source, account, day, channel
),

of_sessions as (
    select
        source,
        account,
        day,
        channel,
        sum(page_views) as views,
        sum(case when page_views > 0 then 1 else 0 end) as entrances,
        sum(case when page_views > 0 and is_bounced then 1 else 0 end) as bounced_entrances
    from {{ ref('fct_reach_session') }}
    group by source, account, day, channel
)

select
    of_sessions.source,
    of_sessions.account,
    of_sessions.day,
    of_sessions.channel,
    of_sessions.views,
    of_pages.views as views_of_pages
from of_sessions
left join of_pages
    on
        of_sessions.source = of_pages.source
        and of_sessions.account = of_pages.account
        and of_sessions.day = of_pages.day
        and of_sessions.channel = of_pages.channel
where
    coalesce(of_sessions.views, 0) <> coalesce(of_pages.views, 0)
    or of_sessions.entrances <> coalesce(of_pages.entrances, 0)
    or of_sessions.bounced_entrances <> coalesce(of_pages.bounced_entrances, 0)
    or of_sessions.entrances <> coalesce(of_pages.exits, 0)
