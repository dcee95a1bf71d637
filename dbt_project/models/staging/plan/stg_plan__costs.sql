-- Grain: one row of the file of other marketing costs.
-- depends_on: {{ source('plan', 'costs') }}
with

landed as (select * from {{ landed('plan', 'costs') }}),

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
        cost as cost_name,
        {{ plan_scope('channel', 'lower') }} as channel,
        {{ plan_scope('market', 'upper') }} as market,
        amount,
        landed.currency,
        coalesce(is_acquisition, false) as is_acquisition,
        nullif(trim(initiative), '') as initiative,
        starts_on,
        ends_on,
        {{ local_day('landed._exported_at', 'accounts.time_zone') }} as exported_on
    from landed
    inner join accounts on landed.account = accounts.account
)

select * from final
