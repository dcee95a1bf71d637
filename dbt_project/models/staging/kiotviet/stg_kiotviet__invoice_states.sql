-- Grain: one invoice as one export showed it: a cancellation has no moment of its own.
-- depends_on: {{ source('kiotviet', 'invoices') }}
with

landed as (select * from {{ landed_states('kiotviet', 'invoices') }}),

final as (
    select
        'kiotviet' as source,
        account,
        _entity as invoice_code,
        exported_at,
        max(status) as status
    from landed
    group by account, _entity, exported_at
)

select * from final
