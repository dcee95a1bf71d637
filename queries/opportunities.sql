-- question: Which gaps cost us the most money in the last three 90-day cycles, and is anybody working on them?
-- câu hỏi: Khoảng cách nào làm ta mất nhiều tiền nhất trong ba chu kỳ 90 ngày gần đây, và đã có ai xử lý chưa?
-- stage: plan
-- grain: cycle_start, kpi
-- column cycle_start (date): first day of the 90-day cycle
-- column kpi (text): key of the KPI
-- column name (text): its name in English
-- column name_vi (text): its name in Vietnamese
-- column stage (text): its stage of RACE
-- column target (number): target of the cycle, in the KPI's unit
-- column baseline (number): the KPI in the cycle before, in its unit
-- column actual (number): the KPI in this cycle, in its unit
-- column money_at_stake (money): what closing the larger gap, to target or baseline, would have brought
-- column opportunity_rank (count): 1 is the most money of its cycle
-- column initiatives (count): initiatives on this KPI that touch the cycle
-- column owners (text): who answers for them; null where nobody works on it
-- column is_complete (yes or no): whether the cycle's figures cannot change any more
-- caveat: KPIs tell of the same money in different ways: rank them, never add money_at_stake.
with newest as (
    select max(cycle_start) as cycle_start
    from osa_review
    where opportunity_rank is not null
),

review as (
    select osa_review.*
    from osa_review
    cross join newest
    where osa_review.cycle_start >= newest.cycle_start - 180
),

owners as (
    select
        cycle_start,
        kpi,
        string_agg(distinct owner, ', ' order by owner) as owners
    from review
    where initiative <> 'all'
    group by all
)

select
    review.cycle_start,
    review.kpi,
    kpi_catalog.name,
    kpi_catalog.name_vi,
    review.stage,
    review.target,
    review.baseline,
    review.actual,
    review.money_at_stake,
    review.opportunity_rank,
    review.initiatives,
    owners.owners,
    review.is_complete
from review
left join kpi_catalog on review.kpi = kpi_catalog.kpi
left join owners on review.cycle_start = owners.cycle_start and review.kpi = owners.kpi
where review.initiative = 'all' and review.opportunity_rank is not null
order by review.cycle_start desc, review.opportunity_rank asc
