-- Grain: one item or sale given back that has a moment of its own. Amounts in the account's currency, with VAT
-- where its prices hold it and the row is not net.
with

square as (select * from {{ ref('stg_square__items') }}),

kiotviet as (select * from {{ ref('stg_kiotviet__returns') }}),

woocommerce as (select * from {{ ref('stg_woocommerce__orders') }}),

woocommerce_items as (select * from {{ ref('stg_woocommerce__order_items') }}),

amazon as (select * from {{ ref('stg_amazon__settlement') }}),

-- Amazon tells what was given back in its settlements alone
amazon_returns as (
    select
        source,
        account,
        order_name,
        batch_id,
        landed_row,
        posted_at as returned_at,
        cast(-amount as decimal(18, 6)) as amount,
        false as is_net
    from amazon
    where is_refund and kind = 'goods' and posted_at is not null
),

square_returns as (
    select
        source,
        account,
        transaction_id as order_name,
        batch_id,
        landed_row,
        sold_at as returned_at,
        -net_sales as amount,
        false as is_net
    from square
    where
        event_type = 'refund'
        and not {{ is_gift_card('item', 'itemization_type') }}
),

kiotviet_rows as (
    select
        *,
        {{ is_gift_card('product') }} as is_gift_card
    from kiotviet
    where not {{ says_cancelled('status') }}
),

-- what the customer gets is repeated on each row of the return; a return without an invoice is of an unknown sale
kiotviet_given_back as (
    select
        source,
        account,
        coalesce(max(invoice_code), return_code) as order_name,
        min(batch_id) as batch_id,
        min(landed_row) as landed_row,
        min(returned_at) as returned_at,
        coalesce(max(to_pay_back), sum(line_total)) as paid_back,
        sum(line_total) as items_amount,
        sum(case when not is_gift_card then line_total end) as goods_amount
    from kiotviet_rows
    group by source, account, return_code
    having count(case when not is_gift_card then 1 end) > 0
),

-- of what the customer gets, the goods have their share of the rows
kiotviet_returns as (
    select
        source,
        account,
        order_name,
        batch_id,
        landed_row,
        returned_at,
        cast(
            coalesce({{ share_of('paid_back', 'goods_amount', 'items_amount') }}, paid_back) as decimal(18, 6)
        ) as amount,
        false as is_net
    from kiotviet_given_back
),

-- the exports of a shop that list items, with a running total of what was refunded
woocommerce_totals as (
    select account, order_name, max(exported_at) as exported_at
    from woocommerce_items
    where refunded_amount is not null
    group by account, order_name
),

-- refunds are told by the newer of the two exports that tell of any
woocommerce_returns as (
    select
        woocommerce.source,
        woocommerce.account,
        woocommerce.order_name,
        woocommerce.batch_id,
        woocommerce.landed_row,
        woocommerce.ordered_at as returned_at,
        -woocommerce.net_sales as amount,
        true as is_net
    from woocommerce
    left join woocommerce_totals
        on
            woocommerce.account = woocommerce_totals.account
            and woocommerce.order_name = woocommerce_totals.order_name
            and woocommerce.exported_at <= woocommerce_totals.exported_at
    where
        woocommerce.net_sales < 0
        and woocommerce_totals.order_name is null
        and not {{ is_gift_card('woocommerce.products') }}
),

final as (
    select * from square_returns
    union all
    select * from kiotviet_returns
    union all
    select * from woocommerce_returns
    union all
    select * from amazon_returns
)

select * from final
