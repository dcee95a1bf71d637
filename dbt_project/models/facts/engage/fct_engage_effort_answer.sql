-- Grain: one answer to how easy it was, from 1 to 7.
with

answers as (
    select * from {{ ref('stg_answers_file__answers') }}
    where kind = 'ces' and score is not null and not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

final as (
    select
        answers.response_id as answer_id,
        answers.source,
        answers.account,
        identities.person_id,
        coalesce(persons.market, accounts.market) as market,
        {{ local_day('answers.answered_at', 'accounts.time_zone') }} as day,
        answers.score,
        cast(answers.comment_sentiment as double) as sentiment
    from answers
    inner join accounts on answers.source = accounts.source and answers.account = accounts.account
    left join identities on identities.id_type = 'email' and answers.email_hash = identities.id_value
    left join persons on identities.person_id = persons.person_id
)

select * from final
