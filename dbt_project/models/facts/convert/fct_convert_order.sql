-- Grain: one order placed in a shop or at a till; test orders are left out.
with

orders as (select * from {{ ref('int_orders') }}),

final as (
    select
        order_id,
        source,
        account,
        order_name,
        ordered_at,
        order_date,
        person_id,
        is_identified,
        sales_place,
        channel,
        market,
        true as is_placed,
        is_counted,
        is_cancelled,
        cancelled_on,
        is_undelivered,
        undelivered_on,
        gross_sales,
        discounts,
        refunded_sales,
        net_sales,
        first_refund_date,
        order_number,
        case
            when order_number is not null
                then lag(order_date) over (
                    partition by person_id, case when order_number is not null then 1 else 0 end
                    order by order_number
                )
        end as previous_order_date,
        tells_refunds,
        is_returned_60d,
        is_cancelled_60d,
        is_undelivered_60d,
        refunded_sales_60d,
        units
    from orders
)

select * from final
