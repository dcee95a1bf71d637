-- Grain: one order with its person.
with

orders as (select * from {{ ref('int_order_heads') }}),

identities as (select * from {{ ref('int_identity_person') }}),

-- the identities of an order are one person's: any of them names it
order_identities as (
    select
        order_id,
        case
            when email_hash is not null then 'email'
            when phone_hash is not null then 'phone'
            when login_hash is not null then 'login'
            when customer_key is not null then concat(source, '_customer')
        end as id_type,
        coalesce(email_hash, phone_hash, login_hash, concat(account, ':', customer_key)) as id_value,
        ordered_at,
        is_counted
    from orders
),

with_person as (
    select
        order_identities.order_id,
        order_identities.ordered_at,
        order_identities.is_counted,
        identities.person_id
    from order_identities
    left join identities
        on order_identities.id_type = identities.id_type and order_identities.id_value = identities.id_value
),

-- the person's first, second … order that counts
counted as (
    select
        order_id,
        row_number() over (partition by person_id order by ordered_at, order_id) as order_number
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
