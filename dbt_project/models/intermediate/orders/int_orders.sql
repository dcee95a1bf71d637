-- Grain: one order with its person, channel and money in the reporting currency.
{%- set discount = to_reporting('coalesce(vat.net_discount, 0)', 'heads.rate', 'settings.minor_unit') %}
with

heads as (select * from {{ ref('int_order_heads') }}),

lines as (select * from {{ ref('int_order_lines') }}),

refunds as (select * from {{ ref('int_refunds') }}),

attribution as (select * from {{ ref('int_order_attribution') }}),

vat as (select * from {{ ref('int_order_vat') }}),

refund_tellers as (select * from {{ ref('int_refund_tellers') }}),

settings as (select * from {{ source('house', 'settings') }}),

-- pieces are known where every line of goods tells its quantity; an order of gift cards alone has no goods
line_sums as (
    select
        order_id,
        sum(gross_sales) as gross_sales,
        case
            when
                count(case when not is_gift_card then quantity end) = count(case when not is_gift_card then 1 end)
                then sum(case when not is_gift_card then quantity end)
        end as units
    from lines
    group by order_id
),

refund_sums as (
    select
        refunds.order_id,
        sum(refunds.refunded_sales) as refunded_sales,
        sum(case when refunds.refund_date <= {{ add_days('heads.order_date', 60) }} then refunds.refunded_sales end)
            as refunded_sales_60d,
        min(case when refunds.is_given_back then refunds.refund_date end) as first_refund_date
    from refunds
    inner join heads on refunds.order_id = heads.order_id
    group by refunds.order_id
),

joined as (
    select
        heads.*,
        attribution.person_id,
        attribution.order_number,
        attribution.session_id,
        attribution.channel,
        attribution.ad_source,
        cast(coalesce(line_sums.gross_sales, 0) as decimal(18, 6)) as gross_sales,
        -- goods are rounded line by line and a discount once: goods given away would come to less than nothing
        cast(
            case
                when vat.is_within_goods then least({{ discount }}, coalesce(line_sums.gross_sales, 0))
                else {{ discount }}
            end as decimal(18, 6)
        ) as discounts,
        cast(coalesce(refund_sums.refunded_sales, 0) as decimal(18, 6)) as refunded_sales,
        cast(coalesce(refund_sums.refunded_sales_60d, 0) as decimal(18, 6)) as refunded_sales_60d,
        cast(line_sums.units as decimal(18, 6)) as units,
        refund_sums.first_refund_date,
        refund_tellers.account is not null as tells_refunds
    from heads
    cross join settings
    inner join attribution on heads.order_id = attribution.order_id
    left join vat on heads.order_id = vat.order_id
    left join line_sums on heads.order_id = line_sums.order_id
    left join refund_sums on heads.order_id = refund_sums.order_id
    left join refund_tellers on heads.source = refund_tellers.source and heads.account = refund_tellers.account
),

final as (
    select
        *,
        person_id is not null as is_identified,
        cast(gross_sales - discounts - refunded_sales as decimal(18, 6)) as net_sales,
        coalesce(is_counted and first_refund_date <= {{ add_days('order_date', 60) }}, false) as is_returned_60d,
        coalesce(cancelled_on <= {{ add_days('order_date', 60) }}, false) as is_cancelled_60d,
        coalesce(undelivered_on <= {{ add_days('order_date', 60) }}, false) as is_undelivered_60d
    from joined
)

select * from final
