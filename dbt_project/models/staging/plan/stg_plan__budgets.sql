-- Grain: one row of the budget file.
-- depends_on: {{ source('plan', 'budgets') }}
with

landed as (select * from {{ landed('plan', 'budgets') }}),

accounts as (
    select account, time_zone from {{ source('house', 'accounts') }}
    where source = 'plan'
),

final as (
    select
        'plan' as source,
        landed.account,
        _batch_id as batch_id,
        _row as landed_row,
        budget,
        {{ plan_scope('channel', 'lower') }} as channel,
        {{ plan_scope('market', 'upper') }} as market,
        amount,
        landed.currency,
        starts_on,
        ends_on,
        {{ local_day('landed._exported_at', 'accounts.time_zone') }} as exported_on
    from landed
    inner join accounts on landed.account = accounts.account
)

select * from final
