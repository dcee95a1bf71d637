-- The rows of a till's invoice against the total that it repeats on each of them: a difference means that rows are
-- missing (a chunk of the export that never came), so it is shown beside the numbers.
{{ config(severity='warn') }}

select
    account,
    invoice_code,
    max(items_total) as items_total,
    sum(line_total) as sum_of_rows
from {{ ref('stg_kiotviet__invoices') }}
group by account, invoice_code
having abs(max(items_total) - sum(line_total)) >= 1
