-- Grain: one satisfaction rating, given beside a solved ticket or in a survey, with its person.
with

tickets as (
    select * from {{ ref('int_tickets') }}
    where rating is not null
),

answers as (
    select
        source,
        account,
        form,
        response_id,
        email_hash,
        score,
        comment_sentiment,
        answered_at
    from {{ ref('stg_csat_survey__answers') }}
    where score is not null and answered_at is not null and not is_excluded
    union all
    select
        source,
        account,
        'answer' as form,
        response_id,
        email_hash,
        score,
        comment_sentiment,
        answered_at
    from {{ ref('stg_answers_file__answers') }}
    where kind = 'csat' and score is not null and not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

ticket_ratings as (
    select
        source,
        account,
        concat_ws('', 'ticket:', ticket_id) as answer_id,
        person_id,
        market,
        rated_on as day,
        cast(nullif(nullif(rating, 'good'), 'bad') as bigint) as score,
        rating in ('good', '4', '5') as is_satisfied,
        rating_sentiment as sentiment
    from tickets
),

survey_answers as (
    select
        answers.source,
        answers.account,
        concat_ws('', answers.form, ':', answers.response_id) as answer_id,
        identities.person_id,
        coalesce(persons.market, accounts.market) as market,
        {{ local_day('answers.answered_at', 'accounts.time_zone') }} as day,
        answers.score,
        answers.score >= 4 as is_satisfied,
        answers.comment_sentiment as sentiment
    from answers
    inner join accounts on answers.source = accounts.source and answers.account = accounts.account
    left join identities on identities.id_type = 'email' and answers.email_hash = identities.id_value
    left join persons on identities.person_id = persons.person_id
),

final as (
    select * from ticket_ratings
    union all
    select * from survey_answers
)

select * from final
