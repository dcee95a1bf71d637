-- Grain: one order of a shop or till, test orders left out: who, when, where, what became of it; no money in
-- the reporting currency yet.
with

items as (select * from {{ ref('int_order_items') }}),

states as (select * from {{ ref('int_order_states') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

countries as (select * from {{ ref('countries') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

-- cells of the order stand on one of its lines only, or are repeated on each
sums as (
    select
        source,
        account,
        order_name,
        max(shop_order_id) as shop_order_id,
        max(email_hash) as email_hash,
        max(phone_hash) as phone_hash,
        max(login_hash) as login_hash,
        max(customer_key) as customer_key,
        min(ordered_at) as ordered_at,
        coalesce(max(sales_place), 'online') as sales_place,
        max(marketplace) as marketplace,
        max(country) as country,
        {{ listed_tags('max(tags)') }} as tags,
        coalesce(max(is_cancelled), false) as is_cancelled,
        max(cancelled_at) as cancelled_at,
        coalesce(max(is_undelivered), false) as is_undelivered,
        coalesce(max(order_discount), 0) as order_discount,
        coalesce(sum(line_discount), 0) as line_discounts,
        coalesce(sum(case when not is_gift_card then line_discount end), 0) as goods_discounts,
        max(subtotal) as subtotal,
        max(total) as total,
        max(shipping) as shipping,
        max(taxes) as taxes,
        sum(amount) as items_amount,
        sum(case when not is_gift_card then amount end) as goods_amount,
        max(exported_at) as exported_at,
        coalesce(max(refunded_amount), 0) as refunded_amount,
        coalesce(max(is_net), false) as is_net
    from items
    group by source, account, order_name
),

-- a discount may be one on shipping: where the shop states what the items came to, and that lies between the lines and
-- the lines less the whole discount, the rest of the discount is none of the items'; else the lines stand
agreed as (
    select
        *,
        case
            when items_amount - line_discounts - subtotal between 0 and order_discount
                then items_amount - line_discounts - subtotal
            else order_discount
        end as items_discount
    from sums
),

-- what an order gives off belongs to its goods, up to what they sell for; a gift card has no discount
discounted as (
    select
        *,
        case
            when goods_amount is null then 0
            else least(items_discount + goods_discounts, greatest(goods_amount, 0))
        end as discount
    from agreed
),

-- what the goods were sold for, and all that was paid
orders as (
    select
        discounted.source,
        discounted.account,
        discounted.order_name,
        discounted.shop_order_id,
        discounted.email_hash,
        discounted.phone_hash,
        discounted.login_hash,
        discounted.customer_key,
        discounted.ordered_at,
        discounted.sales_place,
        discounted.marketplace,
        discounted.country,
        discounted.tags,
        discounted.is_cancelled,
        discounted.cancelled_at,
        discounted.is_undelivered,
        discounted.discount,
        discounted.goods_discounts,
        discounted.shipping,
        discounted.taxes,
        discounted.is_net,
        discounted.exported_at,
        discounted.refunded_amount,
        cast(greatest(coalesce(discounted.goods_amount, 0) - discounted.discount, 0) as decimal(18, 6)) as subtotal,
        cast(
            coalesce(
                discounted.total, discounted.items_amount - discounted.items_discount - discounted.line_discounts
            ) as decimal(18, 6)
        ) as total
    from discounted
),

excluded as (
    select distinct
        orders.source,
        orders.account,
        orders.order_name
    from orders
    inner join exclusions
        on
            (exclusions.kind = 'order' and split_part(orders.order_name, ' · ', 1) = exclusions.value)
            or (exclusions.kind = 'email' and orders.email_hash = exclusions.value)
            or (exclusions.kind = 'phone' and orders.phone_hash = exclusions.value)
            or (exclusions.kind = 'order_tag' and {{ has_tag('orders.tags', 'exclusions.value') }})
),

-- the exports that first showed the order, and what became of it
first_shown as (
    select
        source,
        account,
        order_name,
        min(exported_at) as first_exported_at,
        min(case when is_cancelled then exported_at end) as cancelled_seen_at,
        min(case when is_undelivered then exported_at end) as undelivered_seen_at
    from states
    group by source, account, order_name
),

-- a cancellation without a moment is dated by the first export that shows it; where that is the order's first
-- export, nobody knows more than the order's day
happened as (
    select
        orders.*,
        case
            when not orders.is_cancelled then null
            when orders.cancelled_at is not null then orders.cancelled_at
            when first_shown.cancelled_seen_at > first_shown.first_exported_at then first_shown.cancelled_seen_at
            else orders.ordered_at
        end as ended_at,
        case
            when orders.is_undelivered then coalesce(first_shown.undelivered_seen_at, orders.exported_at)
        end as undelivered_at
    from orders
    left join first_shown
        on
            orders.source = first_shown.source
            and orders.account = first_shown.account
            and orders.order_name = first_shown.order_name
    left join excluded
        on
            orders.source = excluded.source
            and orders.account = excluded.account
            and orders.order_name = excluded.order_name
    where excluded.order_name is null
),

dated as (
    select
        happened.*,
        accounts.market as account_market,
        accounts.brand,
        accounts.currency,
        -- where prices hold VAT, a tax that the order itself states is split over its goods and its shipping
        accounts.prices_include_vat
        and (happened.taxes > 0 or (happened.taxes = 0 and accounts.vat_is_stated))
        and happened.taxes < happened.subtotal + coalesce(happened.shipping, 0) as is_tax_stated,
        {{ local_day('happened.ordered_at', 'accounts.time_zone') }} as order_date,
        {{ local_day('happened.ended_at', 'accounts.time_zone') }} as cancelled_on,
        {{ local_day('happened.undelivered_at', 'accounts.time_zone') }} as undelivered_on
    from happened
    inner join accounts on happened.source = accounts.source and happened.account = accounts.account
),

-- days of a brand that a marketplace's own export covers
marketplace_days as (
    select distinct
        covered_days.source as marketplace,
        accounts.brand,
        covered_days.day
    from covered_days
    inner join accounts on covered_days.source = accounts.source and covered_days.account = accounts.account
    where covered_days.source in ('{{ marketplaces() | join("', '") }}') and covered_days.table_name = 'orders'
),

final as (
    select
        concat_ws('', dated.source, ':', dated.account, ':', dated.order_name) as order_id,
        dated.source,
        dated.account,
        dated.order_name,
        dated.shop_order_id,
        dated.email_hash,
        dated.phone_hash,
        dated.login_hash,
        dated.customer_key,
        coalesce(dated.email_hash, dated.phone_hash, dated.login_hash, dated.customer_key) is not null
            as names_buyer,
        dated.ordered_at,
        dated.order_date,
        dated.sales_place,
        dated.tags,
        case when dated.marketplace is not null then 'marketplace' end as shop_channel,
        {{ market_named('dated.country', 'countries.market', 'dated.account_market') }} as market,
        dated.is_cancelled,
        dated.cancelled_on,
        dated.is_undelivered,
        dated.undelivered_on,
        not dated.is_cancelled and not dated.is_undelivered as is_counted,
        -- in the account's currency, with VAT where its prices hold it
        dated.discount,
        dated.subtotal,
        dated.total,
        dated.goods_discounts,
        dated.taxes,
        dated.is_net,
        coalesce(dated.is_tax_stated, false) as is_tax_stated,
        cast(case when dated.is_tax_stated then dated.subtotal + coalesce(dated.shipping, 0) end as decimal(18, 6))
            as taxed_amount,
        dated.refunded_amount,
        dated.exported_at,
        case when dated.currency = settings.reporting_currency then cast(1 as decimal(18, 8)) else fx.rate end as rate
    from dated
    cross join settings
    left join countries on {{ country_name('dated.country') }} = lower(countries.country)
    left join fx on dated.currency = fx.currency and dated.order_date = fx.day
    -- a marketplace order in a shop system is a copy where the marketplace's own export tells of that day
    left join marketplace_days
        on
            dated.source <> dated.marketplace
            and dated.marketplace = marketplace_days.marketplace
            and dated.brand = marketplace_days.brand
            and dated.order_date = marketplace_days.day
    where marketplace_days.day is null
)

select * from final
