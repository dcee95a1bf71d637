-- Grain: one review of an app on Google Play, in its newest state.
-- depends_on: {{ source('app_reviews', 'google_play') }}
with

landed as (select * from {{ landed('app_reviews', 'google_play') }}),

final as (
    select
        'app_reviews' as source,
        account,
        'google_play' as platform,
        {{ key_of(['package_name', 'submitted_ms', 'device']) }} as review_id,
        created_at,
        cast(stars as decimal(18, 6)) as stars,
        comment_sentiment,
        cast(replied_at as timestamp) as replied_at,
        -- a file without the column leaves it open whether there was one
        case when reply_header is not null then replied_at is not null end as is_answered
    from landed
)

select * from final
