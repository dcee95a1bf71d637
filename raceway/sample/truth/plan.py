"""The truth about the plan: budgets, costs and initiatives, and what of each target was due and came in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

from raceway.common.home import PROJECT
from raceway.common.kpi_formula import terms
from raceway.sample.truth.orders import Exchange
from raceway.sample.truth.tally import Key, Tally, read_rows
from raceway.sample.world.periods import Calendar
from raceway.sample.world.things import Target
from raceway.sample.world.world import World

TARGET_COLUMNS = ("kpi", "period", "period_start", "channel", "market", "target", "paced_target", "attainment")


_OVER_A_CHURN_WINDOW = (
    "active_customers_at_start", "retained_customers", "active_customers_at_end", "active_subscribers", "advocates",
)  # fmt: skip


def count_plan(world: World, tally: Tally, exchange: Exchange) -> None:
    """Budgets, costs outside the platforms and initiatives."""
    for budget in world.budgets:
        for day, amount in _spread(world, exchange, budget.amount, budget.currency, budget.first, budget.last):
            tally.add("marketing_budget", day, amount, budget.channel or None, budget.market or None)
    for cost in world.costs:
        names = ("marketing_cost", "acquisition_cost") if cost.is_acquisition else ("marketing_cost",)
        for day, amount in _spread(world, exchange, cost.amount, cost.currency, cost.first, cost.last):
            for name in names:
                tally.add(name, day, amount, cost.channel or None, cost.market or None)
    for initiative in world.initiatives:
        tally.add("initiatives_due", initiative.planned_end, 1)
        if initiative.finished_on is not None and initiative.finished_on <= initiative.planned_end:
            tally.add("initiatives_on_schedule", initiative.planned_end, 1)


def _spread(
    world: World, exchange: Exchange, amount: int, currency: str, first: dt.date, last: dt.date
) -> Iterator[tuple[dt.date, Decimal]]:
    """Evenly over the days, rounded down to six decimals; what is left over falls on the last day."""
    total = int(exchange.cost(amount, currency, min(first, world.as_of)).scaleb(6))
    days = (last - first).days + 1
    for number in range(days):
        is_last = number == days - 1
        share = total // days + (total % days if is_last else 0)
        yield first + dt.timedelta(days=number), Decimal(share).scaleb(-6)


def target_rows(world: World, values: Mapping[Key, str]) -> Iterator[tuple[str, ...]]:
    """One row per target that meets a KPI's row, by TARGET_COLUMNS; `values` are the KPIs' as text, empty for null."""
    seeds = PROJECT.dbt_project / "seeds"
    catalogue = {row["kpi"]: row for row in read_rows(seeds / "kpi_catalog.csv")}
    measures = {row["measure"]: row for row in read_rows(seeds / "measures.csv")}
    business = world.settings.business
    calendar = Calendar(business.fiscal_year_start_month, business.cycle_start)
    for target in world.targets:
        key = (target.kpi, target.period, target.period_start, target.channel or "all", target.market or "all")
        if key not in values:
            continue
        value = Decimal(values[key]) if values[key] else None
        kpi = catalogue[target.kpi]
        grows = not kpi["denominator"] and _grows(measures, kpi["numerator"])
        end = calendar.end(target.period, target.period_start)
        # a state says nothing of its period before that is over
        is_open = end >= world.as_of and _is_state(measures, kpi["numerator"], kpi["denominator"])
        due = None if is_open else _due(target, end, world.as_of, grows)
        attainment = None
        if due is not None and due > 0 and value is not None:
            if kpi["good"] == "up":
                attainment = value / due
            elif kpi["good"] == "down" and value > 0:
                attainment = due / value
        yield (
            target.kpi, target.period, target.period_start.isoformat(), key[3], key[4], target.target,
            "" if due is None else f"{due:f}", "" if attainment is None else repr(float(attainment)),
        )  # fmt: skip


def _grows(measures: Mapping[str, Mapping[str, str]], formula: str) -> bool:
    """Whether a numerator is nothing when its period begins and comes in day by day."""
    used = [measures[name] for name, _ in terms(formula)]
    return all(row["additivity"] in ("sum", "distinct") and row["stage"] != "plan" for row in used)


def _is_state(measures: Mapping[str, Mapping[str, str]], *formulas: str) -> bool:
    """Whether a KPI is made of states: what is so on one day, or in a window that ends on it."""
    used = [measures[name] for formula in formulas for name, _ in terms(formula)]
    return any(
        row["additivity"] in ("last", "first", "fitted") or row["measure"] in _OVER_A_CHURN_WINDOW for row in used
    )


def _due(target: Target, end: dt.date, as_of: dt.date, grows: bool) -> Decimal | None:
    """The part of a target that is due by the days that are over; None while none is."""
    whole = Decimal(target.target)
    over = (min(as_of, end + dt.timedelta(days=1)) - target.period_start).days
    if over <= 0:
        return None
    days = (end - target.period_start).days + 1
    return (whole * over / days).quantize(Decimal("0.000001"), "ROUND_HALF_UP") if grows and end >= as_of else whole
