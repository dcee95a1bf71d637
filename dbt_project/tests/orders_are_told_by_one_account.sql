-- One order stands in two accounts, of one source or of two: both count it. Two shops that number alike share numbers,
-- so only what has the number, the currency and the amount of another, and was made in the same minute or by the same
-- buyer on the same day, is the same order. A moment without a time of day says nothing of the minute. A marketplace's
-- order that a shop system copies is left out before this (int_order_heads).
{{ config(severity='warn') }}
with

orders as (
    select
        heads.source,
        heads.account,
        split_part(heads.order_name, ' · ', 1) as order_name,
        lower(replace(split_part(heads.order_name, ' · ', 1), '#', '')) as order_number,
        accounts.currency,
        heads.total,
        heads.ordered_at,
        heads.order_date,
        {{ is_local_midnight('heads.ordered_at', 'accounts.time_zone') }} as is_dated_alone,
        coalesce(heads.email_hash, heads.phone_hash) as buyer
    from {{ ref('int_order_heads') }} as heads
    inner join {{ source('house', 'accounts') }} as accounts
        on heads.source = accounts.source and heads.account = accounts.account
    where heads.total > 0
)

select
    first_told.source,
    first_told.account,
    first_told.order_name,
    first_told.order_date as day,
    told_again.source as other_source,
    told_again.account as other_account,
    told_again.order_name as other_order_name,
    first_told.total,
    first_told.currency
from orders as first_told
inner join orders as told_again
    on
        first_told.order_number = told_again.order_number
        and first_told.currency = told_again.currency
        and first_told.total = told_again.total
where
    concat_ws('', first_told.source, '/', first_told.account)
    < concat_ws('', told_again.source, '/', told_again.account)
    and (
        (
            not first_told.is_dated_alone
            and not told_again.is_dated_alone
            and abs({{ seconds_between('first_told.ordered_at', 'told_again.ordered_at') }}) <= 60
        )
        or (first_told.buyer = told_again.buyer and first_told.order_date = told_again.order_date)
    )
