-- Grain: one order of a shop or till, test orders left out: who, when, where, what became of it; no money in
-- the reporting currency yet.
with

shop_lines as (select * from {{ ref('stg_shopify__orders') }}),

shop_states as (select * from {{ ref('stg_shopify__order_states') }}),

till_lines as (select * from {{ ref('stg_square__items') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

setting_values as (select * from {{ source('house', 'setting_values') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

countries as (select * from {{ ref('countries') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

-- cells of the order stand on one of its lines only
shop_orders as (
    select
        source,
        account,
        order_name,
        max(order_id) as shop_order_id,
        max(email_hash) as email_hash,
        max(phone_hash) as phone_hash,
        cast(null as varchar) as login_hash,
        cast(null as varchar) as customer_key,
        min(created_at) as ordered_at,
        max(cancelled_at) as cancelled_at,
        {{ listed_tags('max(tags)') }} as tags,
        case when max(lower(source_name)) = 'pos' then 'offline' else 'online' end as sales_place,
        coalesce(max(shipping_country), max(billing_country)) as country,
        coalesce(max(discount_amount), 0) as discount,
        coalesce(max(subtotal), 0) as subtotal,
        coalesce(max(total), 0) as total,
        max(exported_at) as exported_at,
        coalesce(max(refunded_amount), 0) as refunded_amount
    from shop_lines
    group by source, account, order_name
),

-- a till's discounts are negative; what is left of the lines without gift cards says it without signs
till_orders as (
    select
        source,
        account,
        transaction_id as order_name,
        cast(null as varchar) as shop_order_id,
        cast(null as varchar) as email_hash,
        cast(null as varchar) as phone_hash,
        max(login_hash) as login_hash,
        max(customer_key) as customer_key,
        min(sold_at) as ordered_at,
        cast(null as timestamp) as cancelled_at,
        cast(null as varchar) as tags,
        'offline' as sales_place,
        cast(null as varchar) as country,
        sum(case when {{ is_gift_card('item', 'itemization_type') }} then 0 else gross_sales - net_sales end)
            as discount,
        cast(0 as decimal(18, 6)) as subtotal,
        cast(0 as decimal(18, 6)) as total,
        cast(null as timestamp) as exported_at,
        cast(0 as decimal(18, 6)) as refunded_amount
    from till_lines
    where event_type = 'payment'
    group by source, account, transaction_id
),

orders as (
    select * from shop_orders
    union all
    select * from till_orders
),

excluded as (
    select distinct
        orders.source,
        orders.account,
        orders.order_name
    from orders
    inner join exclusions
        on
            (exclusions.kind = 'order' and orders.order_name = exclusions.value)
            or (exclusions.kind = 'email' and orders.email_hash = exclusions.value)
            or (exclusions.kind = 'phone' and orders.phone_hash = exclusions.value)
            or (exclusions.kind = 'order_tag' and {{ has_tag('orders.tags', 'exclusions.value') }})
),

undelivered_tags as (select value from setting_values where setting = 'undelivered_tags'),

undelivered as (
    select distinct
        orders.account,
        orders.order_name
    from orders
    inner join undelivered_tags on {{ has_tag('orders.tags', 'undelivered_tags.value') }}
    where orders.source = 'shopify'
),

-- dated by the first export that shows the tag
undelivered_since as (
    select
        shop_states.account,
        shop_states.order_name,
        min(shop_states.exported_at) as first_seen_at
    from shop_states
    inner join undelivered_tags
        on {{ has_tag(listed_tags('shop_states.tags'), 'undelivered_tags.value') }}
    group by shop_states.account, shop_states.order_name
),

dated as (
    select
        orders.*,
        accounts.market as account_market,
        accounts.currency,
        accounts.time_zone,
        {{ local_day('orders.ordered_at', 'accounts.time_zone') }} as order_date,
        {{ local_day('orders.cancelled_at', 'accounts.time_zone') }} as cancelled_on,
        undelivered.order_name is not null as is_undelivered,
        case
            when undelivered.order_name is not null
                then {{ local_day(
                    'coalesce(undelivered_since.first_seen_at, orders.exported_at)', 'accounts.time_zone'
                ) }}
        end as undelivered_on
    from orders
    inner join accounts on orders.source = accounts.source and orders.account = accounts.account
    left join excluded
        on
            orders.source = excluded.source
            and orders.account = excluded.account
            and orders.order_name = excluded.order_name
    left join undelivered
        on
            orders.source = 'shopify'
            and orders.account = undelivered.account
            and orders.order_name = undelivered.order_name
    left join undelivered_since
        on
            orders.source = 'shopify'
            and orders.account = undelivered_since.account
            and orders.order_name = undelivered_since.order_name
    where excluded.order_name is null
),

final as (
    select
        concat(dated.source, ':', dated.account, ':', dated.order_name) as order_id,
        dated.source,
        dated.account,
        dated.order_name,
        dated.shop_order_id,
        dated.email_hash,
        dated.phone_hash,
        dated.login_hash,
        dated.customer_key,
        coalesce(dated.email_hash, dated.phone_hash, dated.login_hash, dated.customer_key) is not null
            as is_identified,
        dated.ordered_at,
        dated.order_date,
        dated.sales_place,
        coalesce(
            countries.market,
            case when length(trim(dated.country)) = 2 then upper(trim(dated.country)) end,
            dated.account_market
        ) as market,
        dated.cancelled_on is not null as is_cancelled,
        dated.cancelled_on,
        dated.is_undelivered,
        dated.undelivered_on,
        dated.cancelled_on is null and not dated.is_undelivered as is_counted,
        -- in the account's currency, with VAT where its prices hold it
        dated.discount,
        dated.subtotal,
        dated.total,
        dated.refunded_amount,
        dated.exported_at,
        case when dated.currency = settings.reporting_currency then cast(1 as decimal(18, 8)) else fx.rate end as rate
    from dated
    cross join settings
    left join countries on lower(trim(dated.country)) = lower(countries.country)
    left join fx on dated.currency = fx.currency and dated.order_date = fx.day
)

select * from final
