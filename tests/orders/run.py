"""`make orders`: 60 nights of three sources in three orders; a JSON of what differs, table by table.

Every order goes its own way to the same exports, decisions and settings (tests/orders/ways.py). At its end its
warehouse, built step by step, is held against one that is built in full from the same landing, and against that of
the first order. The last line of a difference names seed and order: the same two make the same way again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.home import Home
from raceway.publish.equality import VOLATILE_TABLES, differences, history_differences
from tests.orders.deliveries import AS_OF, SOURCES, Company, make_company
from tests.orders.ways import ORDERS, Way, again_in_full, steps_of, whole_night

Json = dict[str, Any]
NIGHTS: Final = 60
BUILDS: Final = 20


def go_a_way(root: Path, company: Company, order: str, builds: int) -> Json:
    """One order to its end, and once more in full; what differs between the two, and what it took."""
    began = time.process_time()
    mine = root / order.replace(" ", "-")
    mine.mkdir(parents=True)
    way = Way(company, order, mine / "home")
    todo = steps_of(company, order, builds)
    way.go(todo)
    whole_night(way.home, AS_OF, "last")
    full = again_in_full(way.home, mine / "full")
    return {
        "order": order,
        "landings": len(todo),
        "exports": sum(len(step.deliveries) for step in todo),
        "decisions": len(company.decisions) - len(way.open),
        "builds": way.runs + 1,
        "tables": tables_of(way.home),
        "incremental": said(way.home, full, same_landing=True),
        "seconds": round(time.process_time() - began),
    }


WHENCE: Final = frozenset({"batch_id", "landed_row"})
"""Of staging: in which batch and row of it a fact stands. The same bytes exported twice are named by what came first,
and a file in two parts is two batches."""


def said(left: Home, right: Home, same_files: bool = True, same_landing: bool = False) -> list[str]:
    """How two homes differ: every table of the warehouse, and the histories of what they published."""
    found = differences(left.warehouse, right.warehouse, without=frozenset() if same_landing else WHENCE)
    found += history_differences(database(left), database(right), same_files=same_files)
    return [str(one) for one in found]


def database(home: Home) -> Path:
    """What a home has published."""
    return home.current.resolve() / "race.duckdb"


def tables_of(home: Home) -> int:
    """How many tables a comparison holds against each other."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name = 'main'").fetchall()
    return len({name for (name,) in names} - VOLATILE_TABLES)


def main() -> None:
    """Goes all ways, prints what differs, writes orders.json; exit 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, default=Path("var"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nights", type=int, default=NIGHTS)
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--builds", type=int, default=BUILDS, help="builds of each order before its last night")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=Path, help="keeps the homes there")
    given = parser.parse_args()
    began = time.monotonic()
    root = given.work or Path(tempfile.mkdtemp(prefix="raceway-orders-"))
    try:
        # one company: its key hashes the people of all ways alike
        company = make_company(root / "company", given.seed, given.nights, given.scale)
        with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
            asked = [pool.submit(go_a_way, root, company, order, given.builds) for order in ORDERS]
            ways = [each.result() for each in asked]
        homes = [Home(root / order.replace(" ", "-") / "home") for order in ORDERS]
        for order, way, home in zip(ORDERS, ways, homes, strict=True):
            way["order_differences"] = said(homes[0], home, same_files=order != ORDERS[-1]) if home != homes[0] else []
    finally:
        if not given.work:
            shutil.rmtree(root, ignore_errors=True)
    told = {
        "seed": given.seed,
        "nights": given.nights,
        "sources": list(SOURCES),
        "orders": len(ways),
        "tables_compared": min(way["tables"] for way in ways),
        "incremental_differences": sum(len(way["incremental"]) for way in ways),
        "order_differences": sum(len(way["order_differences"]) for way in ways),
        "seconds": round(time.monotonic() - began),
        "ways": ways,
    }
    given.into.mkdir(parents=True, exist_ok=True)
    (given.into / "orders.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    for way in ways:
        print(f"{way['order']:<12} {way['exports']:>5} exports {way['builds']:>4} builds {way['tables']:>4} tables "
              f"{way['seconds']:>5} s of CPU")  # fmt: skip
        for kind in ("incremental", "order_differences"):
            for line in way[kind]:
                print(f"  {kind}: {line}\n  seed {given.seed}, order “{way['order']}”")
    print(json.dumps({name: value for name, value in told.items() if name != "ways"}, ensure_ascii=False))
    raise SystemExit(bool(told["incremental_differences"] or told["order_differences"]))


if __name__ == "__main__":
    main()
