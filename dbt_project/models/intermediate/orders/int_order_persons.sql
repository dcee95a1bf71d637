-- Grain: one order with its person.
with

orders as (select * from {{ ref('int_order_heads') }}),

identities as (select * from {{ ref('int_identity_person') }}),

-- any identity of an order that is not left out of joining names its person
with_person as (
    select
        orders.order_id,
        orders.ordered_at,
        orders.is_counted,
        coalesce(by_email.person_id, by_phone.person_id, by_login.person_id, by_customer.person_id) as person_id
    from orders
    left join identities as by_email on by_email.id_type = 'email' and orders.email_hash = by_email.id_value
    left join identities as by_phone on by_phone.id_type = 'phone' and orders.phone_hash = by_phone.id_value
    left join identities as by_login on by_login.id_type = 'login' and orders.login_hash = by_login.id_value
    left join identities as by_customer
        on
            concat_ws('', orders.source, '_customer') = by_customer.id_type
            and concat_ws('', orders.account, ':', orders.customer_key) = by_customer.id_value
),

-- the person's first, second … order that counts
counted as (
    select
        order_id,
        cast(row_number() over (partition by person_id order by ordered_at, order_id) as bigint) as order_number
    from with_person
    where is_counted and person_id is not null
),

final as (
    select
        with_person.order_id,
        with_person.person_id,
        counted.order_number
    from with_person
    left join counted on with_person.order_id = counted.order_id
)

select * from final
