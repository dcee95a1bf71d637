-- Grain: one customer of a shop, as the newest list shows it.
-- depends_on: {{ source('kiotviet', 'customers') }}
with

landed as (select * from {{ landed('kiotviet', 'customers') }}),

final as (
    select
        'kiotviet' as source,
        account,
        customer_key,
        phone_hash,
        email_hash,
        customer_group,
        points,
        total_sold,
        status,
        created_at,
        last_sale_at
    from landed
)

select * from final
