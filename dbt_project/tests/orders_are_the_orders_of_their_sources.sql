-- Every order that a shop, till or marketplace exported is a placed order, but for tests (exclusions.csv) and copies
-- that a till or shop system keeps of a marketplace's order. None stands without an export.
with

items as (select * from {{ ref('int_order_items') }}),

placed as (select * from {{ ref('fct_convert_order') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

exported as (
    select source, account, order_name from {{ ref('stg_shopify__orders') }}
    union distinct
    select source, account, transaction_id as order_name from {{ ref('stg_square__items') }}
    where event_type = 'payment'
    union distinct
    select source, account, invoice_code as order_name from {{ ref('stg_kiotviet__invoices') }}
    union distinct
    select source, account, order_name from {{ ref('int_mapped_orders') }}
    union distinct
    -- a row below zero is a refund
    select source, account, order_name from {{ ref('stg_woocommerce__orders') }}
    where net_sales >= 0
    union distinct
    select source, account, order_name from {{ ref('stg_woocommerce__order_items') }}
),

left_out as (
    select distinct items.source, items.account, items.order_name
    from items
    left join exclusions
        on
            (exclusions.kind = 'order' and items.order_name = exclusions.value)
            or (exclusions.kind = 'email' and items.email_hash = exclusions.value)
            or (exclusions.kind = 'phone' and items.phone_hash = exclusions.value)
            or (exclusions.kind = 'order_tag' and {{ has_tag(listed_tags('items.tags'), 'exclusions.value') }})
    where
        exclusions.value is not null
        or (items.marketplace is not null and items.marketplace <> items.source)
)

select
    coalesce(exported.source, placed.source) as source,
    coalesce(exported.account, placed.account) as account,
    coalesce(exported.order_name, placed.order_name) as order_name,
    case when placed.order_id is null then 'exported and lost' else 'never exported' end as finding
from exported
full outer join placed
    on
        exported.source = placed.source
        and exported.account = placed.account
        and exported.order_name = placed.order_name
left join left_out
    on
        exported.source = left_out.source
        and exported.account = left_out.account
        and exported.order_name = left_out.order_name
where
    exported.order_name is null
    or (placed.order_id is null and left_out.order_name is null)
