-- Grain: one order as one export showed it: what is known only as a difference between exports.
with

shopify as (select * from {{ ref('stg_shopify__order_states') }}),

kiotviet as (select * from {{ ref('stg_kiotviet__invoice_states') }}),

woocommerce as (select * from {{ ref('stg_woocommerce__order_states') }}),

mapped as (
    {% for model in mapped_order_models() %}
    select * from {{ ref(model.replace('__orders', '__order_states')) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- an empty cell of a running total is 0
final as (
    select
        source,
        account,
        order_name,
        exported_at,
        coalesce(refunded_amount, 0) as refunded_amount,
        false as is_cancelled,
        {{ has_undelivered_tag('tags') }} as is_undelivered
    from shopify
    union all
    select
        source,
        account,
        invoice_code as order_name,
        exported_at,
        cast(null as decimal(18, 6)) as refunded_amount,
        {{ says_cancelled('status') }} as is_cancelled,
        {{ says_undelivered('status', 'cast(null as string)') }} as is_undelivered
    from kiotviet
    union all
    select
        source,
        account,
        order_name,
        exported_at,
        coalesce(refunded_amount, 0) as refunded_amount,
        {{ says_cancelled('status') }} as is_cancelled,
        {{ says_undelivered('status', 'delivery_state') }} as is_undelivered
    from mapped
    union all
    select
        source,
        account,
        order_name,
        exported_at,
        refunded_amount,
        {{ says_cancelled('status') }} as is_cancelled,
        false as is_undelivered
    from woocommerce
)

select * from final
