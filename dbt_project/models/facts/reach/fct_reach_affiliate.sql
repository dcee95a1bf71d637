-- Grain: one affiliate transaction.
with

transactions as (select * from {{ ref('stg_affiliate__transactions') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

settings as (select * from {{ source('house', 'settings') }}),

fx as (select * from {{ ref('int_fx_daily') }}),

dated as (
    select
        transactions.*,
        accounts.market,
        {{ local_day('transactions.transaction_at', 'accounts.time_zone') }} as day,
        accounts.currency
    from transactions
    inner join accounts on transactions.source = accounts.source and transactions.account = accounts.account
),

rated as (
    select
        dated.*,
        case when dated.currency = settings.reporting_currency then 1 else fx.rate end as rate,
        settings.minor_unit
    from dated
    cross join settings
    left join fx on dated.currency = fx.currency and dated.day = fx.day
),

converted as (
    select
        rated.*,
        {{ to_reporting('rated.sale_amount', 'rated.rate', 'rated.minor_unit') }} as sale_amount_converted,
        {{ cost_to_reporting('rated.commission', 'rated.rate') }} as commission_converted,
        {{ cost_to_reporting('rated.network_fee', 'rated.rate') }} as network_fee_converted
    from rated
),

-- what was declined was never sold through the network and costs nothing
final as (
    select
        transaction_id,
        source,
        account,
        day,
        'affiliate' as channel,
        market,
        publisher_id,
        publisher,
        status,
        decline_reason,
        customer_acquisition,
        status <> 'declined' as is_counted,
        sale_amount_converted as sales,
        commission_converted as commission,
        network_fee_converted as network_fee,
        case when status <> 'declined' then commission_converted else cast(0 as decimal(18, 6)) end as cost
    from converted
)

select * from final
