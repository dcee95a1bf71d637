"""The plan, by raceway's own csv templates: budgets, costs, targets, initiatives, exchange rates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, cents, table
from raceway.sample.traces.lists import write_lists
from raceway.sample.world.things import PlanAmount
from raceway.sample.world.world import World

COLUMNS: Final = {
    "targets": ["kpi", "period", "period_start", "channel", "market", "target"],
    "budgets": ["budget", "starts_on", "ends_on", "channel", "market", "amount", "currency"],
    "costs": ["cost", "starts_on", "ends_on", "channel", "market", "amount", "currency", "is_acquisition",
              "initiative"],
    "fx_rates": ["rate_date", "currency", "to_currency", "rate"],
    "initiatives": ["initiative", "name", "stage", "kpi", "owner", "planned_start", "planned_end", "finished_on",
                    "expected_uplift", "budget", "currency", "decision"],
}  # fmt: skip


def write_plan(world: World, inbox: Path) -> int:
    """Writes the plan files; an older budget file knew a budget that was dropped since. Gives the number of files."""
    drop = Drop(inbox, "plan", "company")
    early, late = world.moment(world.first, 8), world.night
    dropped = PlanAmount("Dự phòng", world.first, world.last, "display", "VN", 77_000_000, "VND")
    budgets = [_amount(budget) for budget in world.budgets]
    costs = [[*_amount(cost), "true" if cost.is_acquisition else "false", cost.initiative] for cost in world.costs]
    targets = [[t.kpi, t.period, t.period_start.isoformat(), t.channel, t.market, t.target] for t in world.targets]
    initiatives = [
        [i.id, i.name, i.stage, i.kpi, i.owner, i.planned_start.isoformat(), i.planned_end.isoformat(),
         i.finished_on.isoformat() if i.finished_on else "", i.expected_uplift, str(i.budget), "VND",
         "Giữ lại" if i.finished_on else ""]
        for i in world.initiatives
    ]  # fmt: skip
    for kind, rows in (("targets", targets), ("budgets", budgets), ("costs", costs), ("initiatives", initiatives)):
        drop.put(f"{kind}.csv", _file(kind, rows), late)
    drop.put("budgets-first-draft.csv", _file("budgets", [*budgets[:3], _amount(dropped)]), early)
    for name, exported_at in (("fx_rates-history", early), ("fx_rates", late)):
        rates = [
            [rate.day.isoformat(), rate.currency, "VND", cents(rate.rate_x100)]
            for rate in world.rates
            if rate.exported_at == exported_at
        ]
        if rates:
            drop.put(f"{name}.csv", _file("fx_rates", rates), exported_at)
    write_lists(world, drop)
    return drop.files


def _amount(row: PlanAmount) -> list[str]:
    amount = str(row.amount) if row.currency == "VND" else cents(row.amount)
    return [row.name, row.first.isoformat(), row.last.isoformat(), row.channel, row.market, amount, row.currency]


def _file(kind: str, rows: Sequence[Sequence[str]]) -> bytes:
    return table([COLUMNS[kind], *rows]).encode("utf-8")
