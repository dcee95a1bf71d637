-- Grain: one satisfaction rating.
with

answers as (select * from {{ ref('int_csat_answers') }}),

final as (
    select
        answer_id,
        source,
        account,
        person_id,
        market,
        day,
        score,
        is_satisfied,
        cast(sentiment as double) as sentiment
    from answers
)

select * from final
