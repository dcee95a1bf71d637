"""What a running period says of the one before is what a run of that day would have said, on facts of every kind.

Here the measures, their windows and the mart are built on drawn facts. That the files of a home come to it, too, with
all that looks back between them, the long form shows: `test_the_mart`.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any, Final

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from tests.relations.marts import Mart as Told
from tests.relations.marts import told_otherwise
from tests.support.mart import DEFAULTS, FACTS, Mart

AS_OF: Final = dt.date(2026, 4, 11)
BEFORE: Final = {"month": 31, "quarter": 90, "cycle": 90}
"""Periods that run on 11 April, and how many days before the one before was as old; weeks stand in the long form."""
FIRST, LAST = "2026-01-01", "2026-04-10"
DAYS: Final = "month(day) in (1, 3, 4) and day(day) < 13"
"""On which something happens: the first days of the periods, and some after them that a run of their day must not see."""

MODELS: Final = "int_young_histories path:models/measures race_kpi"

DRAWN: Final = {
    "bigint": "({hash} % 40)::bigint",
    "boolean": "{hash} % 2 = 0",
    "timestamp": "day + to_minutes(({hash} % 1440)::bigint)",
    "decimal": "({hash} % 4000 / 100)::decimal(18, 6)",
    "double": "{hash} % 100 / 100",
    "date": "null",
}


ONE_A_DAY: Final = ("fct_engage_community", "fct_reach_follower")
"""Facts of readings: an account has one a day, and of two nobody knows which is the last."""


def drawn(mart: Mart, fact: str) -> None:
    """Two rows of a fact on each day, one of readings. What is known of a row later (a second day) is not known of it yet."""
    columns = [(name, kind.lower()) for name, kind, *_ in mart.run_sql(f"describe {fact}")]
    days = [name for name, kind in columns if kind == "date"]
    if not days:
        return
    given = {"source": repr(DEFAULTS.get(fact, {}).get("source", "shopify")), "account": "'vn'",
             "market": "if({hash} % 3 = 0, 'US', 'VN')", "channel": "['email', 'direct'][n + 1]",
             "person_id": "concat('p', {hash} % 20)", days[0]: "day::date"}  # fmt: skip
    values = [
        given.get(name, DRAWN.get(kind.split("(")[0], "concat({name}, '-', day::date, n)"))
        .replace("{hash}", f"hash(day, n, '{fact} {name}')").replace("{name}", f"'{name}'")
        for name, kind in columns
    ]  # fmt: skip
    mart.run_sql(
        f"insert into {fact} select {', '.join(values)} "
        f"from range(date '{FIRST}', date '{LAST}' + 1, interval 1 day) as days (day), "
        f"range({1 if fact in ONE_A_DAY else 2}) as numbers (n) where {DAYS}"
    )


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, empty_warehouse: Path, dbt: Any) -> dict[int, Any]:
    """By days back what a run of that day shows in a home that holds later days, too."""
    file = Path(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("to_date") / "warehouse.duckdb"))
    mart = Mart(file, dbt)
    mart.cover_all(FIRST, LAST)
    for fact in FACTS:
        drawn(mart, fact)
    found = {}
    for days in (0, *sorted(set(BEFORE.values()))):
        mart.settings(as_of=AS_OF - dt.timedelta(days=days))
        mart.build(select=MODELS)
        DuckDBConnectionManager.close_all_connections()  # dbt keeps the file open, which nobody else may read then
        found[days] = Told(file).rows("race_kpi", "kpi")
    return found


@pytest.mark.parametrize(("period", "days"), BEFORE.items())
def test_what_facts_show_to_date_is_what_they_show_on_that_day(period: str, days: int, shown: dict[int, Any]) -> None:
    wrong, held = told_otherwise(shown[0], shown[days], period, AS_OF)
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:60])
    assert len(held) > 60, (len(held), held)
