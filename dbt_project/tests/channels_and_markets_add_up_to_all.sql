-- The channels of an additive measure, and its markets, give `all`. Measures in which a plan row takes part
-- are left out: a cost without a channel stands at `all` only. Where `all` is known to be unknown (a young history of
-- one market), the other markets still tell theirs.
with

additive as (
    select race_measure.*, measures.channel_by, measures.market_by
    from {{ ref('race_measure') }} as race_measure
    inner join {{ ref('measures') }} as measures on race_measure.measure = measures.measure
    where measures.additivity = 'sum'
),

sides as (
    select
        measure,
        period,
        period_start,
        sum(case when channel = 'all' and market = 'all' then value else 0 end) as total,
        sum(case when channel <> 'all' and market = 'all' then value else 0 end) as over_channels,
        sum(case when channel = 'all' and market <> 'all' then value else 0 end) as over_markets,
        max(case when channel = 'all' and market = 'all' and value is null then 1 else 0 end) as is_unknown,
        max(case when channel_by <> 'none' and channel_by not like '%plan%' then 1 else 0 end) as has_channels,
        max(case when market_by <> 'none' and market_by not like '%plan%' then 1 else 0 end) as has_markets
    from additive
    group by measure, period, period_start
)

select *
from sides
where
    is_unknown = 0
    and ((has_channels = 1 and total <> over_channels) or (has_markets = 1 and total <> over_markets))
