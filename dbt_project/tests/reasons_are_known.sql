-- Why somebody returned, cancelled, refused, unsubscribed or left a cart, in words that no list of reasons has: they
-- count as other. Say what they mean in reasons.csv of the home.
{{ config(severity='warn') }}
with

rules as (select * from {{ ref('int_reason_rules') }}),

told as (
    select
        source,
        account,
        what,
        {{ reason_words('reason_text') }} as words,
        count(*) as occurrences
    from {{ ref('int_reason_texts') }}
    where trim(reason_text) <> ''
    group by source, account, what, {{ reason_words('reason_text') }}
),

known as (
    select distinct told.words
    from told
    inner join rules
        on {{ is_like_all('told.words', "concat_ws('', '.*(', rules.pattern, ').*')") }}
)

select
    told.source,
    told.account,
    told.what,
    told.words,
    told.occurrences
from told
left join known on told.words = known.words
where known.words is null
