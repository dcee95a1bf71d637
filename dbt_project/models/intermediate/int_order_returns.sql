-- Grain: one item given back that has a moment of its own. Amounts in the account's currency, with VAT where its
-- prices hold it.
with

square as (select * from {{ ref('stg_square__items') }}),

final as (
    select
        source,
        account,
        transaction_id as order_name,
        batch_id,
        landed_row,
        sold_at as returned_at,
        -net_sales as amount
    from square
    where
        event_type = 'refund'
        and not {{ is_gift_card('item', 'itemization_type') }}
)

select * from final
