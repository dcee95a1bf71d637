-- Grain: one item row of a return, as the newest export of the return shows it; what belongs to the return is
-- repeated on each of its rows.
-- depends_on: {{ source('kiotviet', 'returns') }}
with

landed as (select * from {{ landed('kiotviet', 'returns') }}),

final as (
    select
        'kiotviet' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- ids
        return_code,
        invoice_code,

        ---------- the return
        returned_at,
        branch,
        status,
        to_pay_back,
        nullif(trim(return_reason), '') as return_reason,

        ---------- the row
        sku,
        product,
        quantity,
        price,
        cast(coalesce(line_total, {{ times('price', 'quantity') }}) as decimal(18, 6)) as line_total
    from landed
)

select * from final
