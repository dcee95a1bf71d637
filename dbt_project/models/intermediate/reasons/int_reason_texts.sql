-- Grain: one return, cancellation, refusal, unsubscription or left cart whose file tells reasons, with its words.
with

order_reasons as (select * from {{ ref('stg_order_words__reasons') }}),

returns as (select * from {{ ref('stg_kiotviet__returns') }}),

audience as (select * from {{ ref('stg_mailchimp__audience') }}),

answers as (
    select * from {{ ref('stg_reason_survey__answers') }}
    where not is_excluded
),

orders as (select * from {{ ref('int_orders') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (
    select * from {{ ref('int_identity_person') }}
    where id_type = 'email'
),

-- exports that never state one do not tell reasons: their orders are not of an unknown reason
telling as (
    select source, account, what from order_reasons
    where reason_text is not null
    group by source, account, what
),

of_orders as (
    select
        order_reasons.source,
        order_reasons.account,
        concat_ws('', order_reasons.what, ':', order_reasons.order_name) as occurrence,
        order_reasons.what,
        order_reasons.reason_text,
        orders.order_id,
        orders.person_id,
        case when order_reasons.what = 'cancel' then orders.cancelled_on else orders.undelivered_on end as day,
        orders.channel,
        orders.market
    from order_reasons
    inner join telling
        on
            order_reasons.source = telling.source
            and order_reasons.account = telling.account
            and order_reasons.what = telling.what
    inner join orders
        on
            order_reasons.source = orders.source
            and order_reasons.account = orders.account
            and order_reasons.order_name = orders.order_name
    where
        (order_reasons.what = 'cancel' and orders.is_cancelled)
        or (order_reasons.what = 'refusal' and orders.is_undelivered)
),

telling_returns as (
    select source, account from returns
    where return_reason is not null
    group by source, account
),

return_heads as (
    select
        returns.source,
        returns.account,
        returns.return_code,
        max(returns.invoice_code) as invoice_code,
        min(returns.returned_at) as returned_at,
        max(returns.return_reason) as reason_text
    from returns
    inner join telling_returns
        on returns.source = telling_returns.source and returns.account = telling_returns.account
    where not {{ says_cancelled('returns.status') }}
    group by returns.source, returns.account, returns.return_code
),

-- a return whose sale is in no file belongs to the store of its account
of_returns as (
    select
        return_heads.source,
        return_heads.account,
        concat_ws('', 'return:', return_heads.return_code) as occurrence,
        'return' as what,
        return_heads.reason_text,
        orders.order_id,
        orders.person_id,
        {{ local_day('return_heads.returned_at', 'accounts.time_zone') }} as day,
        coalesce(orders.channel, 'store') as channel,
        coalesce(orders.market, accounts.market) as market
    from return_heads
    inner join accounts on return_heads.source = accounts.source and return_heads.account = accounts.account
    left join orders
        on
            return_heads.source = orders.source
            and return_heads.account = orders.account
            and return_heads.invoice_code = orders.order_name
),

telling_lists as (
    select source, account from audience
    where unsub_reason is not null
    group by source, account
),

of_subscribers as (
    select
        audience.source,
        audience.account,
        concat_ws('', 'unsubscribe:', audience.email_hash) as occurrence,
        'unsubscribe' as what,
        audience.unsub_reason as reason_text,
        cast(null as string) as order_id,
        identities.person_id,
        {{ local_day('audience.unsub_at', 'accounts.time_zone') }} as day,
        'email' as channel,
        accounts.market
    from audience
    inner join telling_lists on audience.source = telling_lists.source and audience.account = telling_lists.account
    inner join accounts on audience.source = accounts.source and audience.account = accounts.account
    left join identities on audience.email_hash = identities.id_value
    where audience.status = 'unsubscribed' and audience.unsub_at is not null and not audience.is_excluded
),

of_answers as (
    select
        answers.source,
        answers.account,
        concat_ws('', answers.what, ':', answers.answer_id) as occurrence,
        answers.what,
        answers.reason_text,
        cast(null as string) as order_id,
        identities.person_id,
        {{ local_day('answers.answered_at', 'accounts.time_zone') }} as day,
        'other' as channel,
        accounts.market
    from answers
    inner join accounts on answers.source = accounts.source and answers.account = accounts.account
    left join identities on answers.email_hash = identities.id_value
),

final as (
    select * from of_orders
    union all
    select * from of_returns
    union all
    select * from of_subscribers
    union all
    select * from of_answers
)

select * from final
