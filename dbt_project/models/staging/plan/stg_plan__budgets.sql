-- Grain: one row of the budget file.
-- depends_on: {{ source('plan', 'budgets') }}
with

landed as (select * from {{ landed('plan', 'budgets') }}),

final as (
    select
        'plan' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        budget,
        {{ plan_scope('channel', 'lower') }} as channel,
        {{ plan_scope('market', 'upper') }} as market,
        amount,
        currency,
        starts_on,
        ends_on
    from landed
)

select * from final
