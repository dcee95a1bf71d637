-- Grain: one order that names a code of an offline medium.
with

codes as (select * from {{ ref('int_order_codes') }}),

orders as (select * from {{ ref('fct_convert_order') }}),

final as (
    select
        orders.order_id,
        orders.source,
        orders.account,
        orders.order_date,
        orders.market,
        codes.code,
        codes.medium,
        codes.channel,
        orders.is_counted,
        orders.net_sales
    from codes
    inner join orders on codes.order_id = orders.order_id
)

select * from final
