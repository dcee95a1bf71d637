-- Grain: one name of a sales channel, as shop systems and tills write it: the company's own word for it, else the
-- house's.
with

own as (select * from {{ source('house', 'own_sales_channels') }}),

known as (select * from {{ ref('sales_channels') }}),

final as (
    select
        sales_channel,
        sales_place,
        nullif(marketplace, '') as marketplace
    from own
    union all
    select
        known.sales_channel,
        known.sales_place,
        known.marketplace
    from known
    left join own on known.sales_channel = own.sales_channel
    where own.sales_channel is null
)

select * from final
