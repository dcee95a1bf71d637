-- A support ticket has tags, and the list of topics knows none of them: its topic is `other`. Say in the home's
-- ticket_topics.csv what they mean.
{{ config(severity='warn') }}
with

tags as (select * from {{ ref('int_ticket_tags') }}),

with_topic as (
    select
        *,
        count(topic) over (partition by source, account, ticket_id) as known_tags
    from tags
)

select
    concat_ws('', source, '/', account, ': ', tag) as tag,
    count(*) as tickets
from with_topic
where known_tags = 0
group by source, account, tag
