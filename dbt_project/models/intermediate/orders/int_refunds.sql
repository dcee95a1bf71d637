-- Grain: one refund: a change of an order's refunded total between two exports, or an item given back.
with

orders as (select * from {{ ref('int_order_heads') }}),

items as (select * from {{ ref('int_order_items') }}),

states as (select * from {{ ref('int_order_states') }}),

returns as (select * from {{ ref('int_order_returns') }}),

vat as (select * from {{ ref('int_order_vat') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

-- the order as it is in effect is itself an export's state; an export that knows no running total says nothing of it
totals as (
    select source, account, order_name, exported_at, refunded_amount
    from states
    where refunded_amount is not null
    union
    select source, account, order_name, exported_at, refunded_amount
    from orders
    where exported_at is not null
),

told_by_rows as (select distinct source, account, order_name from returns),

-- refunds of more than the order's total are none of its items; refunds that are rows of their own are told already
running as (
    select
        orders.order_id,
        totals.exported_at,
        least(totals.refunded_amount, orders.total) as refunded,
        lag(least(totals.refunded_amount, orders.total)) over (
            partition by orders.order_id order by totals.exported_at, totals.refunded_amount
        ) as refunded_before
    from totals
    inner join orders
        on
            totals.source = orders.source
            and totals.account = orders.account
            and totals.order_name = orders.order_name
    left join told_by_rows
        on
            orders.source = told_by_rows.source
            and orders.account = told_by_rows.account
            and orders.order_name = told_by_rows.order_name
    where told_by_rows.order_name is null
),

changes as (
    select
        orders.source,
        orders.account,
        orders.order_id,
        running.exported_at,
        running.refunded_before is null as is_estimated,
        running.refunded - coalesce(running.refunded_before, 0) as change,
        case
            when running.refunded_before is null then orders.order_date
            else {{ local_day('running.exported_at', 'accounts.time_zone') }}
        end as refund_date,
        -- of a refunded total the goods have their share of the order's total, without the VAT that they hold
        case
            when vat.net_part = 1
                then {{ share_of(
                    'running.refunded - coalesce(running.refunded_before, 0)',
                    'orders.subtotal',
                    'cast(orders.total as decimal(38, 6)) * vat.net_whole'
                ) }}
            else {{ share_of(
                'running.refunded - coalesce(running.refunded_before, 0)',
                without_vat('orders.subtotal', 'vat.net_part', 'vat.net_whole'),
                'orders.total'
            ) }}
        end as amount,
        orders.is_counted
    from running
    inner join orders on running.order_id = orders.order_id
    inner join vat on orders.order_id = vat.order_id
    inner join accounts on orders.source = accounts.source and orders.account = accounts.account
    where
        running.refunded <> coalesce(running.refunded_before, 0)
        and orders.total <> 0
        and orders.subtotal <> 0
),

sold as (select distinct source, account, order_name from items),

-- what is given back of an order that was left out is left out; of a sale that is in no file it counts
returned as (
    select
        returns.source,
        returns.account,
        orders.order_id,
        returns.order_name,
        returns.batch_id,
        returns.landed_row,
        {{ local_day('returns.returned_at', 'accounts.time_zone') }} as day,
        accounts.market,
        '' as product_line,
        accounts.prices_include_vat,
        returns.is_net,
        returns.amount,
        coalesce(orders.is_counted, true) as is_counted
    from returns
    inner join accounts on returns.source = accounts.source and returns.account = accounts.account
    left join orders
        on
            returns.source = orders.source
            and returns.account = orders.account
            and returns.order_name = orders.order_name
    left join sold
        on
            returns.source = sold.source
            and returns.account = sold.account
            and returns.order_name = sold.order_name
    where
        (orders.order_id is not null or sold.order_name is null)
        and not {{ excluded_by('returns.order_name', 'order') }}
),

vat_rates as (
    {{ vat_rates_of('returned') }}
),

-- it holds the VAT of its order, or where that is in no file the VAT of its own day
taxed_returns as (
    select
        returned.*,
        vat_rates.vat_rate,
        case when returned.is_net then 1 else coalesce(vat.net_part, 1) end as net_part,
        case
            when returned.is_net then 1
            when vat.net_whole is not null then vat.net_whole
            when returned.prices_include_vat then 1 + vat_rates.vat_rate
            else 1
        end as net_whole
    from returned
    inner join vat_rates
        on
            returned.source = vat_rates.source
            and returned.account = vat_rates.account
            and returned.market = vat_rates.market
            and returned.product_line = vat_rates.product_line
            and returned.day = vat_rates.day
    left join vat on returned.order_id = vat.order_id
),

refunds as (
    select
        concat_ws('', order_id, ':', row_number() over (partition by order_id order by exported_at)) as refund_id,
        source,
        account,
        order_id,
        refund_date,
        amount,
        cast(null as decimal(9, 6)) as vat_rate,
        change > 0 as is_given_back,
        is_estimated as refund_date_estimated,
        is_counted
    from changes
    union all
    select
        concat_ws(
            '',
            source, ':', account, ':', order_name, ':refund:',
            row_number() over (partition by source, account, order_name order by day, batch_id, landed_row)
        ) as refund_id,
        source,
        account,
        order_id,
        day as refund_date,
        {{ without_vat('amount', 'net_part', 'net_whole') }} as amount,
        vat_rate,
        amount > 0 as is_given_back,
        false as refund_date_estimated,
        is_counted
    from taxed_returns
),

final as (
    select
        refunds.refund_id,
        refunds.source,
        refunds.account,
        refunds.order_id,
        refunds.refund_date,
        {{ to_reporting(
            'refunds.amount',
            'case when accounts.currency = settings.reporting_currency then 1 else fx.rate end',
            'settings.minor_unit'
        ) }} as refunded_sales,
        refunds.vat_rate,
        refunds.is_given_back,
        refunds.refund_date_estimated,
        refunds.is_counted
    from refunds
    inner join accounts on refunds.source = accounts.source and refunds.account = accounts.account
    cross join settings
    left join fx on accounts.currency = fx.currency and refunds.refund_date = fx.day
)

select * from final
