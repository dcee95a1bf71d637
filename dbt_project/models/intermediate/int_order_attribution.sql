-- Grain: one order with its person and the touch that earned it: the last non-direct session within the look-back.
with

orders as (select * from {{ ref('int_order_heads') }}),

identities as (select * from {{ ref('int_identity_person') }}),

touchpoints as (select * from {{ ref('int_touchpoints') }}),

order_links as (select * from {{ ref('int_order_links') }}),

settings as (select * from {{ source('house', 'settings') }}),

-- the identities of an order are one person's: any of them names it
order_identities as (
    select
        order_id,
        is_identified,
        case
            when email_hash is not null then 'email'
            when phone_hash is not null then 'phone'
            when login_hash is not null then 'login'
            when customer_key is not null then concat(source, '_customer')
        end as id_type,
        coalesce(email_hash, phone_hash, login_hash, concat(account, ':', customer_key)) as id_value,
        ordered_at,
        sales_place,
        shop_channel,
        is_counted
    from orders
),

with_person as (
    select
        order_identities.*,
        identities.person_id
    from order_identities
    left join identities
        on order_identities.id_type = identities.id_type and order_identities.id_value = identities.id_value
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
