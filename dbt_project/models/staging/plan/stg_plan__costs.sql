-- Grain: one row of the file of other marketing costs.
-- depends_on: {{ source('plan', 'costs') }}
with

landed as (select * from {{ landed('plan', 'costs') }}),

final as (
    select
        'plan' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,
        cost as cost_name,
        {{ plan_scope('channel', 'lower') }} as channel,
        {{ plan_scope('market', 'upper') }} as market,
        amount,
        currency,
        coalesce(is_acquisition, false) as is_acquisition,
        starts_on,
        ends_on
    from landed
)

select * from final
