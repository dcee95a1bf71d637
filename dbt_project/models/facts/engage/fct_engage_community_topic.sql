-- Grain: one topic of a community.
with

topics as (select * from {{ ref('stg_community__topics') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

final as (
    select
        topics.source,
        topics.account,
        topics.topic_id,
        {{ local_day('topics.created_at', 'accounts.time_zone') }} as day,
        accounts.market,
        topics.posts,
        coalesce(topics.first_answer_at <= {{ add_24_hours('topics.created_at', 1) }}, false) as is_answered_1d
    from topics
    inner join accounts on topics.source = accounts.source and topics.account = accounts.account
)

select * from final
