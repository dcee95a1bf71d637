-- Grain: one return, cancellation, refusal, unsubscription or left cart whose file tells reasons.
with

occurrences as (
    select
        *,
        {{ reason_words('reason_text') }} as words
    from {{ ref('int_reason_texts') }}
),

rules as (select * from {{ ref('int_reason_rules') }}),

texts as (
    select distinct words from occurrences
    where words <> ''
),

ranked as (
    select
        texts.words,
        rules.reason,
        row_number() over (partition by texts.words order by rules.rule) as place
    from texts
    inner join rules on {{ is_like_all('texts.words', "concat_ws('', '.*(', rules.pattern, ').*')") }}
),

-- words that no rule finds are another reason; where nothing is written nobody knows it
final as (
    select
        {{ key_of(['occurrences.source', 'occurrences.account', 'occurrences.occurrence']) }} as reason_id,
        occurrences.source,
        occurrences.account,
        occurrences.what,
        case
            when coalesce(occurrences.words, '') = '' then 'unknown'
            else coalesce(ranked.reason, 'other')
        end as reason,
        occurrences.order_id,
        occurrences.person_id,
        occurrences.day,
        occurrences.channel,
        occurrences.market
    from occurrences
    left join ranked on occurrences.words = ranked.words and ranked.place = 1
)

select * from final
