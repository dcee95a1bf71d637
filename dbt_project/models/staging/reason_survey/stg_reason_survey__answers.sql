-- Grain: one answer to the question why.
-- depends_on: {{ source('reason_survey', 'answers') }}
with

landed as (select * from {{ landed('reason_survey', 'answers') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'reason_survey' as source,
        account,
        answer_id,
        answered_at,
        what,
        reason_text,
        email_hash,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
)

select * from final
