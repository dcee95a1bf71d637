-- Grain: one affiliate transaction in its newest state.
-- depends_on: {{ source('affiliate', 'transactions') }}
with

landed as (select * from {{ landed('affiliate', 'transactions') }}),

final as (
    select
        'affiliate' as source,
        account,
        transaction_id,
        publisher_id,
        publisher,
        transaction_at,
        validated_at,
        lower(trim(status)) as status,
        decline_reason,
        lower(trim(customer_acquisition)) as customer_acquisition,
        sale_amount,
        commission,
        coalesce(network_fee, 0) as network_fee
    from landed
)

select * from final
