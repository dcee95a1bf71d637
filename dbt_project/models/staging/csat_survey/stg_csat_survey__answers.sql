-- Grain: one response to a satisfaction survey, with or without a rating, of any form.
-- depends_on: {{ source('csat_survey', 'typeform') }}
-- depends_on: {{ source('csat_survey', 'survey_monkey') }}
-- depends_on: {{ source('csat_survey', 'google_forms') }}
-- depends_on: {{ source('csat_survey', 'google_forms_vi') }}
with

typeform as (select * from {{ landed('csat_survey', 'typeform') }}),

survey_monkey as (select * from {{ landed('csat_survey', 'survey_monkey') }}),

google_forms as (select * from {{ landed('csat_survey', 'google_forms') }}),

google_forms_vi as (select * from {{ landed('csat_survey', 'google_forms_vi') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

-- Google Forms gives answers no id: two answers of one moment and address are told apart by their order
forms as (
    select
        'google_forms' as form,
        account,
        email_hash,
        score,
        comment_sentiment,
        submitted_at,
        row_number() over (partition by account, submitted_at, email_hash order by _row) as answer_number
    from google_forms
    union all
    select
        'google_forms_vi' as form,
        account,
        email_hash,
        score,
        comment_sentiment,
        submitted_at,
        row_number() over (partition by account, submitted_at, email_hash order by _row) as answer_number
    from google_forms_vi
),

answers as (
    select
        'typeform' as form,
        account,
        response_id,
        email_hash,
        score,
        comment_sentiment,
        -- a partial response was never submitted: it counts from when it began
        coalesce(submitted_at, started_at) as answered_at
    from typeform
    union all
    select
        'survey_monkey' as form,
        account,
        response_id,
        email_hash,
        score,
        comment_sentiment,
        coalesce(submitted_at, started_at) as answered_at
    from survey_monkey
    union all
    select
        form,
        account,
        {{ key_of(['submitted_at', 'email_hash', 'answer_number']) }} as response_id,
        email_hash,
        score,
        comment_sentiment,
        submitted_at as answered_at
    from forms
),

final as (
    select
        'csat_survey' as source,
        account,
        form,
        response_id,
        email_hash,
        score,
        comment_sentiment,
        answered_at,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from answers
)

select * from final
