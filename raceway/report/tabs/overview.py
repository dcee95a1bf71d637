"""The overview: which stage holds us back, and the leading KPIs that stand in the page before any script runs."""

from __future__ import annotations

from typing import Any, Final

from raceway.common.stages import RACE_STAGES
from raceway.report.context import Columns, Context

_ENOUGH_DAYS: Final = 30
"""Days of a 90-day cycle that must be over before it is judged; until then the cycle before is."""


def payload(context: Context) -> dict[str, Any]:
    """What holds us back, as facts that the page puts into a sentence of either language."""
    return {"holding_back": holding_back(context)}


def holding_back(context: Context) -> dict[str, Any]:
    """The stages' largest money at stake in the newest cycle that says enough, like with like; the largest first.

    One KPI speaks for a stage, its dearest: the KPIs of a stage overlap, so their money is never added up. All stages
    are held against one thing, `target` where two of them have one, else the cycle `before`. Reach speaks through its
    sums too; each later stage through its ratios alone, since its sums also fall when fewer people reach it. A cycle
    that is over and was loaded in part says nothing.
    """
    stages = context.columns(
        f"""
        with cycles as (
            select max(cycle_start) as cycle_start, any_value(cycle_end) as cycle_end from (
                select cycle_start, max(cycle_end) as cycle_end from race.osa_review
                where cycle_start <= $as_of - {_ENOUGH_DAYS}
                group by cycle_start order by cycle_start desc limit 1
            )
        ),
        levers as (
            select review.*, greatest(coalesce(gap, gap_to_baseline), coalesce(gap_to_baseline, gap)) as widest
            from race.osa_review as review
            inner join race.kpi_catalog as catalog on review.kpi = catalog.kpi
            inner join cycles on review.cycle_start = cycles.cycle_start
            where review.initiative = 'all' and review.stage <> 'plan' and money_at_stake is not null
                and (review.is_complete or review.cycle_end >= $as_of)
                and (review.stage = 'reach' or catalog.denominator is not null)
        ),
        held as (
            select levers.*, yardstick, case yardstick when 'target' then gap else gap_to_baseline end as short
            from levers
            cross join (values ('target'), ('before')) as yardsticks (yardstick)
        ),
        staked as (
            select *, case when short <= 0 then 0 else money_at_stake::double * short / widest end as money
            from held where short is not null
        ),
        dearest as (
            select * from staked
            qualify row_number() over (partition by yardstick, stage order by money desc, kpi) = 1
        ),
        chosen as (
            select *, count(*) over (partition by yardstick) as compared from dearest
        )
        select yardstick, stage, kpi, round(money, $minor) as money, short, actual,
            case yardstick when 'target' then target else baseline end as held_against,
            cycle_start::varchar as cycle_start, cycle_end::varchar as cycle_end
        from chosen
        where compared > 1
            and yardstick = (select max(yardstick) from chosen where compared > 1)
        order by money desc, stage
        """,
        {"as_of": context.as_of, "minor": context.settings.minor_unit},
    )
    return {"stages": stages, "silent": [stage for stage in RACE_STAGES[1:] if stage not in stages["stage"]]}


def first_numbers(context: Context) -> list[tuple[str, list[dict[str, Any]]]]:
    """The leading KPIs of the last month that is over, by stage: what stands in the HTML itself."""
    rows = context.columns(
        """
        select catalog.stage, catalog.kpi, catalog.name, catalog.name_vi, catalog.unit, kpis.value,
            kpis.previous_value, kpis.target::double as target, kpis.status, kpis.is_complete
        from race.race_kpi as kpis
        inner join race.kpi_catalog as catalog on kpis.kpi = catalog.kpi
        where kpis.period = 'month' and kpis.channel = 'all' and kpis.market = 'all'
            and catalog."leading"::integer = 1
            and kpis.period_start = date_trunc('month', $as_of::date) - interval 1 month
        order by catalog.kpi
        """,
        {"as_of": context.as_of},
    )
    return _by_stage(rows)


def _by_stage(rows: Columns) -> list[tuple[str, list[dict[str, Any]]]]:
    kpis = [dict(zip(rows, row, strict=True)) for row in zip(*rows.values(), strict=True)]
    if all(kpi["value"] is None for kpi in kpis):
        return []
    return [(stage, found) for stage in RACE_STAGES if (found := [kpi for kpi in kpis if kpi["stage"] == stage])]
