-- Grain: one session with the person who had it.
with

sessions as (select * from {{ ref('int_sessions') }}),

identities as (select * from {{ ref('int_identity_person') }}),

order_links as (select * from {{ ref('int_order_links') }}),

orders as (select * from {{ ref('int_order_heads') }}),

settings as (select * from {{ source('house', 'settings') }}),

with_person as (
    select
        sessions.*,
        identities.person_id,
        min(sessions.first_touch_at) over (partition by identities.person_id) as person_first_touch_at
    from sessions
    inner join identities
        on
            sessions.device_id = identities.id_value
            and identities.id_type = {{ device_type('sessions.source') }}
),

-- a counted order belongs to the first session that names it, a session to its first such order
naming_sessions as (
    select
        order_links.session_id,
        order_links.order_id,
        order_links.purchased_at,
        row_number() over (
            partition by order_links.order_id order by sessions.started_at, sessions.session_id
        ) as session_rank
    from order_links
    inner join orders on order_links.order_id = orders.order_id
    inner join sessions on order_links.session_id = sessions.session_id
    where orders.is_counted
),

conversions as (
    select
        session_id,
        order_id,
        row_number() over (partition by session_id order by purchased_at, order_id) as order_rank
    from naming_sessions
    where session_rank = 1
),

-- a placed order may be a guest's, a visitor's who gave no consent, or cancelled since
purchases as (
    select session_id, max(purchased_at) as order_named_at
    from order_links
    group by session_id
),

final as (
    select
        with_person.*,
        purchases.order_named_at,
        {{ local_day('with_person.first_touch_at', 'settings.business_zone') }} = with_person.day as is_new_device,
        {{ local_day('with_person.person_first_touch_at', 'settings.business_zone') }} as first_touch_day,
        conversions.order_id
    from with_person
    cross join settings
    left join purchases on with_person.session_id = purchases.session_id
    left join conversions on with_person.session_id = conversions.session_id and conversions.order_rank = 1
)

select * from final
