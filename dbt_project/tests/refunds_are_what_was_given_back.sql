-- What was given back of an order is what its source says: of a running total the newest one's share of the goods,
-- of returns the sum of theirs, each without the VAT of its order (of its own day, where that is in no file) and at
-- the rate of its day. Refunds of sales in no file are compared as a whole.
with

orders as (select * from {{ ref('fct_convert_order') }}),

heads as (select * from {{ ref('int_order_heads') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

square as (select * from {{ ref('stg_square__items') }}),

kiotviet as (
    select
        *,
        {{ is_gift_card('product') }} as is_gift_card
    from {{ ref('stg_kiotviet__returns') }}
    where not {{ says_cancelled('status') }}
),

woocommerce as (select * from {{ ref('stg_woocommerce__orders') }}),

woocommerce_items as (select * from {{ ref('stg_woocommerce__order_items') }}),

woocommerce_totals as (
    select account, order_name, max(exported_at) as exported_at
    from woocommerce_items
    where refunded_amount is not null
    group by account, order_name
),

-- rows of a list that is newer than the order's running total
woocommerce_returns as (
    select woocommerce.*
    from woocommerce
    left join woocommerce_totals
        on
            woocommerce.account = woocommerce_totals.account
            and woocommerce.order_name = woocommerce_totals.order_name
    where
        woocommerce.net_sales < 0
        and (woocommerce_totals.order_name is null or woocommerce.exported_at > woocommerce_totals.exported_at)
        and not {{ is_gift_card('woocommerce.products') }}
),

-- the order's own running total, as its newest export shows it
running as (
    select source, account, order_name, max(refunded_amount) as refunded_amount
    from {{ ref('stg_shopify__orders') }}
    group by source, account, order_name
    {% for model in mapped_order_models() %}
    union all
    select source, account, order_name, max(refunded_amount) as refunded_amount
    from {{ ref(model) }}
    group by source, account, order_name
    {% endfor %}
    union all
    select source, account, order_name, max(refunded_amount) as refunded_amount
    from woocommerce_items
    where
        concat_ws('', account, ':', order_name)
        not in (select concat_ws('', account, ':', order_name) from woocommerce_returns)
    group by source, account, order_name
),

kiotviet_returns as (
    select
        source,
        account,
        coalesce(max(invoice_code), return_code) as order_name,
        min(returned_at) as returned_at,
        cast(coalesce(max(to_pay_back), sum(line_total)) as double)
        * coalesce(
            cast(sum(case when not is_gift_card then line_total end) as double)
            / cast(nullif(sum(line_total), 0) as double),
            1
        ) as amount
    from kiotviet
    group by source, account, return_code
    having min(case when is_gift_card then 1 else 0 end) = 0
),

returned as (
    select
        source,
        account,
        transaction_id as order_name,
        sold_at as returned_at,
        cast(-net_sales as double) as amount,
        false as is_net
    from square
    where event_type = 'refund' and not {{ is_gift_card('item', 'itemization_type') }}
    union all
    select source, account, order_name, returned_at, amount, false as is_net from kiotviet_returns
    union all
    select source, account, order_name, ordered_at as returned_at, cast(-net_sales as double) as amount, true as is_net
    from woocommerce_returns
    union all
    select source, account, order_name, posted_at as returned_at, cast(-amount as double) as amount, false as is_net
    from {{ ref('stg_amazon__settlement') }}
    where is_refund and kind = 'goods' and posted_at is not null
),

sold as (
    select distinct source, account, transaction_id as order_name from square
    where event_type = 'payment'
    union all
    select distinct source, account, invoice_code as order_name from {{ ref('stg_kiotviet__invoices') }}
    union all
    select distinct source, account, order_name from woocommerce
    where net_sales >= 0
    union all
    select distinct source, account, order_name from woocommerce_items
    union all
    select distinct source, account, order_name from {{ ref('stg_order_files__orders') }}
    where source = 'amazon'
),

told as (
    select
        running.source,
        running.account,
        heads.order_id,
        cast(null as date) as day,
        cast(least(running.refunded_amount, heads.total) as double)
        * cast(heads.subtotal as double) / cast(heads.total as double) as amount,
        false as is_net
    from running
    inner join heads
        on
            running.source = heads.source
            and running.account = heads.account
            and running.order_name = heads.order_name
    where heads.total <> 0 and running.refunded_amount is not null
    union all
    -- of an order that was left out nothing was given back
    select
        returned.source,
        returned.account,
        orders.order_id,
        {{ local_day('returned.returned_at', 'accounts.time_zone') }} as day,
        returned.amount,
        returned.is_net
    from returned
    inner join accounts on returned.source = accounts.source and returned.account = accounts.account
    left join orders
        on
            returned.source = orders.source
            and returned.account = orders.account
            and returned.order_name = orders.order_name
    left join sold
        on
            returned.source = sold.source
            and returned.account = sold.account
            and returned.order_name = sold.order_name
    where
        (orders.order_id is not null or sold.order_name is null)
        and not {{ excluded_by('returned.order_name', 'order') }}
),

vat as (
    select order_id, cast(net_part as double) / cast(net_whole as double) as left_of_it
    from {{ ref('int_order_vat') }}
    where net_whole <> 0
),

loose as (
    select
        told.source,
        told.account,
        accounts.market,
        '' as product_line,
        told.day
    from told
    inner join accounts on told.source = accounts.source and told.account = accounts.account
    where told.order_id is null
),

rates as (
    {{ vat_rates_of('loose') }}
),

of_sources as (
    select
        told.source,
        told.account,
        told.order_id,
        sum(told.amount * case
            when told.is_net then 1
            else coalesce(
                vat.left_of_it,
                1 / cast(case when accounts.prices_include_vat then 1 + rates.vat_rate end as double),
                1
            )
        end) as amount
    from told
    inner join accounts on told.source = accounts.source and told.account = accounts.account
    left join vat on told.order_id = vat.order_id
    left join rates
        on
            told.order_id is null
            and told.source = rates.source
            and told.account = rates.account
            and told.day = rates.day
    group by told.source, told.account, told.order_id
),

-- back in the currency of the source; each refund was rounded once
rated as (
    select
        refunds.source,
        refunds.account,
        refunds.order_id,
        refunds.refunded_sales,
        cast(case when accounts.currency = settings.reporting_currency then 1 else fx.rate end as double) as rate,
        0.500001 / {{ minor_units_per_unit('settings.minor_unit') }} as half_a_unit
    from {{ ref('fct_convert_refund') }} as refunds
    cross join settings
    inner join accounts on refunds.source = accounts.source and refunds.account = accounts.account
    left join fx on accounts.currency = fx.currency and refunds.refund_date = fx.day
),

of_facts as (
    select
        source,
        account,
        order_id,
        sum(cast(refunded_sales as double) / rate) as amount,
        sum(half_a_unit / rate) as roundings,
        sum(refunded_sales) as refunded_sales
    from rated
    group by source, account, order_id
)

select
    coalesce(of_sources.source, of_facts.source) as source,
    coalesce(of_sources.account, of_facts.account) as account,
    coalesce(of_sources.order_id, of_facts.order_id) as order_id,
    of_sources.amount as landed_amount,
    of_facts.amount as fact_amount,
    of_facts.refunded_sales,
    orders.refunded_sales as refunded_sales_of_order
from of_sources
full outer join of_facts
    on
        of_sources.source = of_facts.source
        and of_sources.account = of_facts.account
        and coalesce(of_sources.order_id, '') = coalesce(of_facts.order_id, '')
left join orders on coalesce(of_sources.order_id, of_facts.order_id) = orders.order_id
where
    abs(coalesce(of_sources.amount, 0) - coalesce(of_facts.amount, 0)) > coalesce(of_facts.roundings, 0) + 0.000001
    or coalesce(of_facts.refunded_sales, 0) <> coalesce(orders.refunded_sales, of_facts.refunded_sales, 0)
