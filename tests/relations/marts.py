"""Marts of small homes, landed and built in this process, and two of them held against each other."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from raceway.build.freeze import freeze
from raceway.common.home import PROJECT, Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.contracts.files import source_names
from tests.relations.homes import land_all

Dbt = Callable[..., Any]
"""The fixture of tests.support.mart."""
Key = tuple[str, dt.date, str, str, str]
"""Period, its start, channel, market and the KPI or measure."""
Rows = dict[Key, dict[str, Any]]

MODELS: Final = ("+race_kpi", "+race_measure", "+customer_360", "+cohort_retention")


def built(home: Home, as_of: dt.date, dbt: Dbt, models: tuple[str, ...] = MODELS) -> Path:
    """Lands what waits, freezes and builds models as a night does, without its checks; gives the warehouse."""
    outcomes = land_all(home, [name for name in source_names() if any((home.inbox / name).rglob("*.*"))], as_of)
    refused = [outcome.reason for outcome in outcomes if outcome.status not in ("landed", "duplicate")]
    assert not refused, refused
    frozen = freeze(home, "relation", as_of, load_settings(home), load_accounts(home))
    assert not frozen.waiting
    dbt(home.warehouse, ["build", "--select", *models, "--exclude-resource-type", "test", "unit_test"])
    DuckDBConnectionManager.close_all_connections()  # dbt keeps the file open, which nobody else may read then
    return home.warehouse


def seed(name: str) -> list[dict[str, str]]:
    """The rows of one of the project's seeds."""
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MEASURES: Final = {row["measure"]: row for row in seed("measures")}
KPIS: Final = {row["kpi"]: row for row in seed("kpi_catalog")}
FOLLOWED: Final = {row["measure"] for row in seed("measure_rules") if row["follow_up"]}
"""Measures of which days after their own tell, such as returns within 60 days."""


def parts(kpi: str, side: str = "") -> list[str]:
    """The measures of a KPI, or of its numerator or denominator."""
    formulas = [KPIS[kpi][side]] if side else [KPIS[kpi]["numerator"], KPIS[kpi]["denominator"]]
    return re.findall(r"[a-z_][a-z0-9_]*", " ".join(formulas))


@dataclass(frozen=True)
class Mart:
    """What a warehouse or a published mart says."""

    file: Path

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(query, values).fetchall()

    def rows(self, table: str, name: str, later: dt.timedelta = dt.timedelta()) -> Rows:
        """The rows of race_kpi or race_measure by key, with their periods `later` by some days.

        Months and quarters are moved by whole years, since days do not take them onto each other.
        """
        with duckdb.connect(str(self.file), read_only=True) as connection:
            said = connection.execute(f"select * from {table}")
            names = [column[0] for column in said.description]
            rows = [dict(zip(names, row, strict=True)) for row in said.fetchall()]
        return {(row["period"], _moved(row, later), row["channel"], row["market"], row[name]): row for row in rows}


def _moved(row: dict[str, Any], later: dt.timedelta) -> dt.date:
    start: dt.date = row["period_start"]
    if row["period"] in ("month", "quarter"):
        return start.replace(year=start.year + round(later.days / 365))
    return start + later


def near(wanted: Any, found: Any, by: Decimal = Decimal(0)) -> bool:
    """Whether two numbers are equal but for `by` and for what a double cannot tell; unknown equals unknown alone."""
    if wanted is None or found is None:
        return wanted is found
    return bool(abs(Decimal(found) - Decimal(wanted)) <= by + abs(Decimal(wanted)) * Decimal("1e-9"))


BEGINS_LATER: Final = {"reviews"}
"""KPIs whose first covered day is the day of the earlier run."""

RETOLD: Final = {
    "returned, cancelled, answered, won, paid … in days after the period's": FOLLOWED,
    "later refunds count at the order's date": {
        "attributed_revenue",
        "paid_attributed_revenue",
        "customer_campaign_gross_profit",
    },
    "a fit of the month's end": {name for name, row in MEASURES.items() if row["additivity"] == "fitted"},
}
"""Measures that may be told otherwise by a later run, by the reason. Links join people in both runs alike: of the same
files."""


def told_otherwise(now: Rows, then: Rows, period: str, as_of: dt.date) -> tuple[list[str], set[str]]:
    """What the running period of one mart says of the one before and the other mart does not, and the KPIs held."""
    retold = set().union(*RETOLD.values())
    previous = max(start for kind, start, *_ in then if kind == period)
    wrong, held = [], set()
    for (kind, start, channel, market, kpi), row in sorted(now.items()):
        if kind != period or not start <= as_of <= row["period_end"] or retold & set(parts(kpi)):
            continue
        told = then.get((period, previous, channel, market, kpi), {}).get("value")
        shown = row["previous_to_date_value"]
        held |= {kpi} if shown is not None else set()
        if not near(told, shown) and not (shown is None and told == 0 and _begins_later(channel, market, kpi)):
            wrong.append(f"{channel} {market} {kpi}: {told} -> {shown}")
    return wrong, held


def _begins_later(channel: str, market: str, kpi: str) -> bool:
    return (channel, market) != ("all", "all") or kpi in BEGINS_LATER
