-- An order whose status says that it was given back states how much: a status alone is no amount, and such an order
-- counts as it was sold.
{{ config(severity='warn') }}

select
    source,
    account,
    order_name,
    status
from {{ ref('stg_order_files__orders') }}
where
    (
        instr(lower(status), 'refund') > 0
        or lower(trim(status)) in ('closed', 'hoàn tiền', 'đã hoàn tiền', 'trả hàng', 'đã trả hàng')
    )
    and coalesce(refunded_amount, 0) = 0
