-- Grain: one refund of an order's items.
with

refunds as (select * from {{ ref('int_refunds') }}),

final as (
    select
        refund_id,
        source,
        account,
        order_id,
        refund_date,
        refunded_sales,
        refund_date_estimated,
        is_counted
    from refunds
)

select * from final
