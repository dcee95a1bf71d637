-- Grain: one person.
with

identities as (select * from {{ ref('int_identity_person') }}),

touchpoints as (select * from {{ ref('int_touchpoints') }}),

orders as (
    select * from {{ ref('int_orders') }}
    where person_id is not null and is_counted
),

persons as (
    select person_id, min(first_seen_at) as first_seen_at
    from identities
    group by person_id
),

sessions as (
    select
        person_id,
        market,
        first_touch_day,
        row_number() over (partition by person_id order by started_at, session_id) as session_rank,
        count(*) over (partition by person_id) as sessions
    from touchpoints
),

order_sums as (
    select
        person_id,
        count(*) as orders,
        max(order_date) as last_order_date,
        sum(net_sales) as net_sales
    from orders
    group by person_id
),

final as (
    select
        persons.person_id,
        persons.first_seen_at,
        sessions.first_touch_day,
        coalesce(sessions.sessions, 0) as sessions,
        first_orders.order_id as first_order_id,
        first_orders.order_date as first_order_date,
        first_orders.channel as first_order_channel,
        order_sums.last_order_date,
        coalesce(order_sums.orders, 0) as orders,
        cast(coalesce(order_sums.net_sales, 0) as decimal(38, 6)) as net_sales,
        -- null where neither an order nor a session says it: then the account's, of what is counted
        coalesce(first_orders.market, sessions.market) as market
    from persons
    left join sessions on persons.person_id = sessions.person_id and sessions.session_rank = 1
    left join orders as first_orders
        on persons.person_id = first_orders.person_id and first_orders.order_number = 1
    left join order_sums on persons.person_id = order_sums.person_id
)

select * from final
