-- Grain: one answer to a survey of any tool.
-- depends_on: {{ source('answers_file', 'answers') }}
with

landed as (select * from {{ landed('answers_file', 'answers') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

told as (
    select
        *,
        coalesce(lower(kind), lower(file_kind)) as survey
    from landed
),

-- answers without an id are told apart by their order; of one id the newest export's counts
numbered as (
    select
        *,
        row_number() over (
            partition by account, survey, response_id, answered_at, email_hash order by _row
        ) as answer_number,
        row_number() over (
            partition by account, survey, response_id order by _exported_at desc, _batch_id desc, _row desc
        ) as newest
    from told
),

final as (
    select
        'answers_file' as source,
        account,
        survey as kind,
        coalesce(
            response_id, {{ key_of(['answered_at', 'email_hash', 'answer_number']) }}
        ) as response_id,
        email_hash,
        score,
        comment_sentiment,
        answered_at,
        {{ excluded_by('email_hash', 'email') }} as is_excluded,
        comment
    from numbered
    where response_id is null or newest = 1
)

select * from final
