-- Grain: one balance transaction of Stripe. It reconciles, and is no order.
-- depends_on: {{ source('stripe', 'balance') }}
{{ config(materialized='table') }}

with

landed as (select * from {{ landed('stripe', 'balance') }}),

final as (
    select
        'stripe' as source,
        account,
        transaction_id,
        created_at,
        lower(category) as category,
        gross,
        fee,
        net,
        trim(replace(order_name, '#', '')) as order_name
    from landed
)

select * from final
