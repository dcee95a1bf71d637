-- Grain: one answer to the survey: a response with a score.
with

answers as (select * from {{ ref('int_nps_answers') }}),

final as (
    select
        response_id,
        source,
        account,
        invitation_id,
        person_id,
        market,
        day,
        score,
        score >= 9 as is_promoter,
        score <= 6 as is_detractor,
        cast(sentiment as double) as sentiment,
        comment
    from answers
)

select * from final
