-- Grain: one order × touch: a session within the look-back before it that may have earned it, or a listed code of an
-- offline medium that it names.
with

orders as (select * from {{ ref('int_order_heads') }}),

persons as (select * from {{ ref('int_order_persons') }}),

touchpoints as (select * from {{ ref('int_touchpoints') }}),

order_links as (select * from {{ ref('int_order_links') }}),

order_codes as (select * from {{ ref('int_order_codes') }}),

settings as (select * from {{ source('house', 'settings') }}),

-- an order on a marketplace was earned there, whatever its buyer did on the site
with_person as (
    select
        orders.order_id,
        orders.ordered_at,
        persons.person_id
    from orders
    inner join persons on orders.order_id = persons.order_id
    where orders.shop_channel is null
),

touches as (
    select session_id, person_id, started_at, channel, ad_source
    from touchpoints
),

-- a guest has the session whose purchase names the order, and no other
candidates as (
    select
        with_person.order_id,
        with_person.ordered_at,
        touches.session_id,
        touches.started_at,
        touches.channel,
        touches.ad_source,
        0 as is_code
    from with_person
    inner join touches on with_person.person_id = touches.person_id
    union all
    select
        with_person.order_id,
        with_person.ordered_at,
        touches.session_id,
        touches.started_at,
        touches.channel,
        touches.ad_source,
        0 as is_code
    from with_person
    inner join order_links on with_person.order_id = order_links.order_id
    inner join touches on order_links.session_id = touches.session_id
    where with_person.person_id is null
    union all
    -- who names a code has seen what carried it: the last that is known of the way to the order
    select
        with_person.order_id,
        with_person.ordered_at,
        cast(null as string) as session_id,
        with_person.ordered_at as started_at,
        order_codes.channel,
        cast(null as string) as ad_source,
        1 as is_code
    from with_person
    inner join order_codes on with_person.order_id = order_codes.order_id
),

final as (
    select
        candidates.order_id,
        candidates.session_id,
        candidates.started_at,
        candidates.channel,
        candidates.ad_source,
        row_number() over (
            partition by candidates.order_id
            order by candidates.started_at asc, candidates.is_code asc, candidates.session_id desc
        ) as touch_number
    from candidates
    cross join settings
    where
        candidates.started_at <= candidates.ordered_at
        and candidates.started_at
        >= {{ add_24_hours('candidates.ordered_at', '-settings.attribution_lookback_days') }}
)

select * from final
