-- Grain: one cart: a session in which an item was put into it.
with

sessions as (
    select * from {{ ref('fct_reach_session') }}
    where first_cart_add_at is not null
),

orders as (
    select * from {{ ref('int_orders') }}
    where is_counted and sales_place = 'online' and person_id is not null
),

settings as (select * from {{ source('house', 'settings') }}),

ordered as (
    select distinct sessions.session_id
    from sessions
    cross join settings
    inner join orders
        on
            sessions.person_id = orders.person_id
            and sessions.first_cart_add_at <= orders.ordered_at
            and orders.ordered_at <= {{ add_24_hours('sessions.first_cart_add_at', 'settings.cart_window_days') }}
),

final as (
    select
        sessions.session_id,
        sessions.source,
        sessions.account,
        sessions.person_id,
        sessions.day,
        sessions.channel,
        sessions.market,
        sessions.first_cart_add_at as added_at,
        -- a purchase of the session that names a placed order ends the cart, whoever the visitor is
        ordered.session_id is not null or sessions.order_named_at is not null as is_ordered
    from sessions
    left join ordered on sessions.session_id = ordered.session_id
)

select * from final
