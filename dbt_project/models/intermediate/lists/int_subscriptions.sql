-- Grain: one trial or paid term of a subscription, with the person who has it.
with

subscriptions as (
    select * from {{ ref('stg_plan__subscriptions') }}
    where not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

with_person as (
    select
        subscriptions.*,
        coalesce(by_email.person_id, by_phone.person_id) as person_id
    from subscriptions
    left join identities as by_email on by_email.id_type = 'email' and subscriptions.email_hash = by_email.id_value
    left join identities as by_phone on by_phone.id_type = 'phone' and subscriptions.phone_hash = by_phone.id_value
),

final as (
    select
        {{ key_of(['with_person.account', 'with_person.subscription_id', 'with_person.started_on']) }}
            as subscription_term_id,
        with_person.source,
        with_person.account,
        with_person.subscription_id,
        with_person.kind,
        with_person.person_id,
        coalesce(persons.market, accounts.market) as market,
        with_person.started_on,
        with_person.ends_on,
        with_person.paid_on,
        with_person.renewed_on,
        -- the amount a month: 52 weeks, 4 quarters or one year are 12 of them
        {{ cost_to_reporting(
            'case with_person.billing_interval'
            ~ " when 'week' then " ~ share_of('with_person.amount', '52', '12')
            ~ " when 'month' then cast(with_person.amount as decimal(38, 15))"
            ~ " when 'quarter' then " ~ share_of('with_person.amount', '1', '3')
            ~ " when 'year' then " ~ share_of('with_person.amount', '1', '12')
            ~ ' end',
            'case when with_person.currency = settings.reporting_currency then 1 else fx.rate end'
        ) }} as mrr
    from with_person
    cross join settings
    inner join accounts on with_person.source = accounts.source and with_person.account = accounts.account
    left join persons on with_person.person_id = persons.person_id
    left join fx
        on
            with_person.currency = fx.currency
            and least(with_person.started_on, with_person.exported_on) = fx.day
)

select * from final
