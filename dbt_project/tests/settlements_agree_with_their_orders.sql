-- What a marketplace paid out against what its order's own cells come to: a difference of more than one part in a
-- hundred of the order is shown beside the numbers, since money may be missing or a fee have no column.
{{ config(severity='warn') }}

select
    order_id,
    settled_on,
    gross,
    settled_amount,
    difference
from {{ ref('fct_convert_settlement') }}
where abs(difference) * 100 > gross
