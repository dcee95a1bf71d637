-- Grain: one order with its person and the touch that earned it: the last non-direct session within the look-back.
with

orders as (select * from {{ ref('int_order_heads') }}),

identities as (select * from {{ ref('int_identity_person') }}),

touchpoints as (select * from {{ ref('int_touchpoints') }}),

order_links as (select * from {{ ref('int_order_links') }}),

settings as (select * from {{ source('house', 'settings') }}),

-- any identity of an order that is not left out of joining names its person
with_person as (
    select
        orders.order_id,
        orders.ordered_at,
        orders.sales_place,
        orders.shop_channel,
        orders.is_counted,
        coalesce(by_email.person_id, by_phone.person_id, by_login.person_id, by_customer.person_id) as person_id
    from orders
    left join identities as by_email on by_email.id_type = 'email' and orders.email_hash = by_email.id_value
    left join identities as by_phone on by_phone.id_type = 'phone' and orders.phone_hash = by_phone.id_value
    left join identities as by_login on by_login.id_type = 'login' and orders.login_hash = by_login.id_value
    left join identities as by_customer
        on
            concat(orders.source, '_customer') = by_customer.id_type
            and concat(orders.account, ':', orders.customer_key) = by_customer.id_value
),

touches as (
    select session_id, person_id, started_at, channel, ad_source
    from touchpoints
    where channel <> 'direct'
),

-- a guest has the session whose purchase names the order, and no other
candidates as (
    select
        with_person.order_id,
        with_person.ordered_at,
        touches.session_id,
        touches.started_at,
        touches.channel,
        touches.ad_source
    from with_person
    inner join touches on with_person.person_id = touches.person_id
    union all
    select
        with_person.order_id,
        with_person.ordered_at,
        touches.session_id,
        touches.started_at,
        touches.channel,
        touches.ad_source
    from with_person
    inner join order_links on with_person.order_id = order_links.order_id
    inner join touches on order_links.session_id = touches.session_id
    where with_person.person_id is null
),

ranked as (
    select
        candidates.*,
        row_number() over (
            partition by candidates.order_id order by candidates.started_at desc, candidates.session_id asc
        ) as latest
    from candidates
    cross join settings
    where
        candidates.started_at <= candidates.ordered_at
        and candidates.started_at
        >= {{ add_24_hours('candidates.ordered_at', '-settings.attribution_lookback_days') }}
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
        counted.order_number,
        ranked.session_id,
        coalesce(
            with_person.shop_channel,
            ranked.channel,
            case when with_person.sales_place = 'online' then 'direct' else 'store' end
        ) as channel,
        ranked.ad_source
    from with_person
    -- an order on a marketplace was earned there, whatever its buyer did on the site
    left join ranked
        on
            with_person.order_id = ranked.order_id
            and ranked.latest = 1
            and with_person.shop_channel is null
    left join counted on with_person.order_id = counted.order_id
)

select * from final
