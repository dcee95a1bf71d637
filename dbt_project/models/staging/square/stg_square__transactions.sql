-- Grain: one payment or refund of a till. Compared with the items, never added to them.
-- depends_on: {{ source('square', 'transactions') }}
with

landed as (select * from {{ landed('square', 'transactions') }}),

final as (
    select
        'square' as source,
        account,
        transaction_id,
        payment_id,
        customer_key,
        lower(event_type) as event_type,
        gross_sales,
        discounts,
        net_sales,
        tax,
        tip,
        total_collected,
        fees,
        day
    from landed
)

select * from final
