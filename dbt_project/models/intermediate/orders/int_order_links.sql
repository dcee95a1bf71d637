-- Grain: one session and online order that a purchase event in it names.
with

events as (
    select
        source as site_source,
        account as site_account,
        device_id,
        has_consent,
        session_id,
        event_at,
        event_number,
        transaction_id
    from {{ ref('int_session_events') }}
    where is_purchase = 1 and transaction_id is not null
),

orders as (select * from {{ ref('int_order_heads') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

-- a site may name an order by its name, with or without #, or by its id
order_keys as (
    select order_id, source, account, regexp_replace(order_name, '^#', '') as order_key
    from orders
    where sales_place = 'online' and shop_channel is null
    union
    select order_id, source, account, shop_order_id as order_key
    from orders
    where shop_order_id is not null and shop_channel is null
),

candidates as (
    select
        events.*,
        order_keys.order_id,
        row_number() over (
            partition by events.session_id, events.event_number
            order by
                case when sites.site <> '' and sites.site = shops.site then 0 else 1 end,
                case when sites.brand <> '' and sites.brand = shops.brand then 0 else 1 end,
                order_keys.order_id
        ) as preference
    from events
    inner join order_keys on regexp_replace(trim(events.transaction_id), '^#', '') = order_keys.order_key
    inner join accounts as sites on events.site_source = sites.source and events.site_account = sites.account
    inner join accounts as shops on order_keys.source = shops.source and order_keys.account = shops.account
),

final as (
    select
        session_id,
        site_source as source,
        site_account as account,
        device_id,
        has_consent,
        order_id,
        min(event_at) as purchased_at
    from candidates
    where preference = 1
    group by session_id, site_source, site_account, device_id, has_consent, order_id
)

select * from final
