-- Grain: one day of a profile on Threads.
-- depends_on: {{ source('threads', 'daily') }}
with

landed as (select * from {{ landed('threads', 'daily') }}),

final as (
    select
        'threads' as source,
        account,
        day,
        impressions,
        likes,
        comments,
        coalesce(reposts + quotes, reposts, quotes) as shares
    from landed
)

select * from final
