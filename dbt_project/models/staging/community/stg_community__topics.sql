-- Grain: one topic of a community, as the newest export shows it.
-- depends_on: {{ source('community', 'topics') }}
with

landed as (select * from {{ landed('community', 'topics') }}),

final as (
    select
        'community' as source,
        account,
        topic_id,
        created_at,
        first_answer_at,
        posts
    from landed
)

select * from final
