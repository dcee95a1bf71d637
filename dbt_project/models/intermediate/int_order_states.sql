-- Grain: one order as one export showed it: what is known only as a difference between exports.
with

shopify as (select * from {{ ref('stg_shopify__order_states') }}),

final as (
    select
        source,
        account,
        order_name,
        exported_at,
        refunded_amount,
        false as is_cancelled,
        {{ has_undelivered_tag('tags') }} as is_undelivered
    from shopify
)

select * from final
