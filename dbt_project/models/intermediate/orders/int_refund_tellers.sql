-- Grain: one account whose exports tell what was given back.
with

items as (select * from {{ ref('int_order_items') }}),

returns as (select * from {{ ref('int_order_returns') }}),

covered_days as (select * from {{ source('house', 'covered_days') }}),

-- exports in which what is given back is a row of its own: none of them is none given back
by_rows as (
    select source, account from covered_days
    where concat_ws('', source, '.', table_name) in (
        'square.items', 'woocommerce.orders', 'kiotviet.returns', 'amazon.settlement'
    )
),

-- a column of refunds that the export has states 0 too; one that it lacks, or leaves empty, tells nothing
by_column as (
    select source, account from items
    where refunded_amount is not null
),

final as (
    select source, account from by_rows
    union
    select source, account from by_column
    union
    select source, account from returns
)

select * from final
