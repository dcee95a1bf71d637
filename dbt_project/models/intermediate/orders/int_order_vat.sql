-- Grain: one order with goods: what is left of its discount and of its goods without VAT. Amounts in the account's
-- currency.
with

lines as (
    select * from {{ ref('int_order_lines') }}
    where not is_gift_card
),

heads as (select * from {{ ref('int_order_heads') }}),

sums as (
    select
        order_id,
        min(net_part) as net_part,
        min(net_whole) as net_whole,
        min(net_part) = max(net_part) and min(net_whole) = max(net_whole) as has_one_rate,
        sum(amount) as goods,
        sum(amount - line_discount) as sold,
        sum({{ without_vat('amount - line_discount', 'net_part', 'net_whole') }}) as net_sold,
        sum({{ without_vat('line_discount', 'net_part', 'net_whole') }}) as net_line_discounts
    from lines
    group by order_id
),

-- of goods with several rates the order's own discount, and what is given back, hold the VAT that their prices hold
shared as (
    select
        heads.order_id,
        sums.has_one_rate,
        sums.net_line_discounts,
        heads.discount <= sums.goods as is_within_goods,
        heads.discount,
        heads.discount - heads.goods_discounts as order_discount,
        cast(case when sums.has_one_rate then sums.net_part else sums.net_sold end as decimal(38, 6)) as net_part,
        cast(case when sums.has_one_rate then sums.net_whole else sums.sold end as decimal(38, 6)) as net_whole
    from heads
    inner join sums on heads.order_id = sums.order_id
),

final as (
    select
        order_id,
        net_part,
        net_whole,
        cast(
            case
                when has_one_rate then {{ without_vat('discount', 'net_part', 'net_whole') }}
                else net_line_discounts + coalesce({{ without_vat('order_discount', 'net_part', 'net_whole') }}, 0)
            end as decimal(38, 15)
        ) as net_discount,
        is_within_goods
    from shared
)

select * from final
