-- Grain: one amount of an order in a settlement, as the newest export of the settlement shows it.
-- depends_on: {{ source('amazon', 'settlement') }}
with

landed as (select * from {{ landed('amazon', 'settlement') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

-- the day of the payout stands on the settlement's first row
dated as (
    select
        *,
        max(deposited_on) over (partition by account, settlement_id) as paid_out_on
    from landed
),

-- what the goods came to, less promotions; what Amazon keeps; tax and shipping are passed on. What Amazon only ships
-- for another shop is that shop's
final as (
    select
        'amazon' as source,
        dated.account,
        dated._batch_id as batch_id,
        dated._row as landed_row,
        dated.settlement_id,
        dated.order_name,
        dated.posted_at,
        dated.paid_out_on,
        lower(dated.transaction_type) = 'refund' as is_refund,
        case
            when
                dated.amount_type in ('ItemPrice', 'Promotion')
                and (
                    dated.amount_description = 'Principal'
                    or (dated.amount_description = 'Tax' and accounts.prices_include_vat)
                )
                then 'goods'
            when dated.amount_type like '%Fee%' then 'fee'
            else 'passed on'
        end as kind,
        dated.amount
    from dated
    inner join accounts on accounts.source = 'amazon' and dated.account = accounts.account
    where
        dated.order_name is not null
        and dated.amount is not null
        and coalesce(lower(dated.marketplace_name), '') not like 'non-amazon%'
)

select * from final
