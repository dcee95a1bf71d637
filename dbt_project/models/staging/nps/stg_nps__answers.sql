-- Grain: one response to the survey, with or without a score.
-- depends_on: {{ source('nps', 'answers') }}
with

landed as (select * from {{ landed('nps', 'answers') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'nps' as source,
        account,
        response_id,
        invitation_id,
        email_hash,
        score,
        comment_sentiment,
        response_type,
        -- a partial response was never submitted: it counts from when it began
        coalesce(submitted_at, started_at) as answered_at,
        {{ excluded_by('email_hash', 'email') }} as is_excluded,
        comment
    from landed
)

select * from final
