-- Grain: one registration for a gathering (webinar, event, live session).
with

registrations as (
    select * from {{ ref('stg_gatherings__registrations') }}
    where not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (
    select * from {{ ref('int_identity_person') }}
    where id_type = 'email'
),

persons as (select * from {{ ref('int_persons') }}),

orders as (
    select * from {{ ref('int_orders') }}
    where is_counted and person_id is not null
),

-- a gathering whose files mark nobody as there does not tell who came; where they mark somebody, the others did not
telling as (
    select account, gathering, starts_at
    from registrations
    where is_attended is not null
    group by account, gathering, starts_at
),

with_person as (
    select
        registrations.*,
        identities.person_id,
        coalesce(persons.market, accounts.market) as market,
        {{ local_day('registrations.starts_at', 'accounts.time_zone') }} as day,
        {{ local_day('registrations.registered_at', 'accounts.time_zone') }} as registered_on,
        case
            when registrations.is_cancelled then false
            when telling.account is not null then coalesce(registrations.is_attended, false)
        end as came
    from registrations
    inner join accounts on registrations.source = accounts.source and registrations.account = accounts.account
    left join identities on registrations.email_hash = identities.id_value
    left join persons on identities.person_id = persons.person_id
    left join telling
        on
            registrations.account = telling.account
            and registrations.gathering = telling.gathering
            and registrations.starts_at = telling.starts_at
),

ordered as (
    select
        with_person.account,
        with_person.registration_id,
        count(*) as orders_30d,
        sum(orders.net_sales) as net_sales_30d
    from with_person
    inner join orders
        on
            with_person.person_id = orders.person_id
            and with_person.starts_at <= orders.ordered_at
            and orders.ordered_at <= {{ add_24_hours('with_person.starts_at', 30) }}
    group by with_person.account, with_person.registration_id
),

final as (
    select
        with_person.source,
        with_person.account,
        with_person.registration_id,
        with_person.gathering,
        with_person.day,
        with_person.registered_on,
        with_person.person_id,
        with_person.market,
        with_person.is_cancelled,
        with_person.came as is_attended,
        case when with_person.person_id is not null then coalesce(ordered.orders_30d, 0) end as orders_30d,
        cast(
            case when with_person.person_id is not null then coalesce(ordered.net_sales_30d, 0) end as decimal(18, 6)
        ) as net_sales_30d
    from with_person
    left join ordered
        on with_person.account = ordered.account and with_person.registration_id = ordered.registration_id
)

select * from final
