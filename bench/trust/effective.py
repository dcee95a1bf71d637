"""Whether two sets of batches put the same rows into effect: of each scope, and of equal events, the newest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import duckdb

from raceway.common.sql import name, parquet_of
from raceway.contracts.grammar import TableContract
from raceway.contracts.load import load_contract
from raceway.landing.read_table import day_sql
from raceway.ledger.states import BatchState

Sum = tuple[str, str, int, int, int]
"""Table, account, rows in effect, the sum of their hashes, and of the days or entities that are spoken for."""


def effective_sums(batches: Iterable[BatchState], zone: str) -> set[Sum]:
    """What the batches of one source put into effect, as one sum for each table and account."""
    groups: dict[tuple[str, str], list[BatchState]] = defaultdict(list)
    for batch in batches:
        groups[batch.table, batch.account].append(batch)
    sums = set()
    for (table, account), of_group in groups.items():
        contract = load_contract(of_group[0].source, of_group[0].home).table(table)
        sums.add((table, account, *_sum(contract, sorted(of_group, key=lambda batch: batch.rank), zone)))
    return sums


def _sum(table: TableContract, batches: list[BatchState], zone: str) -> tuple[int, int, int]:
    days = {day: batch.batch_id for batch in batches for day in batch.covered_days()}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("create temp table rank as select unnest($1) as _batch_id, unnest($2) as _rank",
                           [[batch.batch_id for batch in batches], list(range(len(batches)))])  # fmt: skip
        connection.execute(
            "create temp view told as select * from "
            f"{parquet_of([batch.path for batch in batches], by_name=True)} inner join rank using (_batch_id)"
        )
        columns = ", ".join(
            name(column)
            for (column, *_) in connection.execute("describe told").fetchall()
            if not column.startswith("_")
        )
        if table.scope.kind == "days":
            day = day_sql(table.by_name[table.scope.day or "day"], zone)
            rows = (f"select * from told inner join (select unnest($1) as _on, unnest($2) as _by) "
                    f"on {day} = _on and _batch_id = _by")  # fmt: skip
            given: list[Any] = [list(days), list(days.values())]
        else:
            key = table.scope.entity if table.scope.kind == "entities" else ", ".join(map(name, table.scope.keys))
            rows = f"select * from told qualify _rank = max(_rank) over (partition by {key})"
            if table.scope.kind == "events":
                rows = f"select distinct {columns} from ({rows})"
            given = []
        found = connection.execute(
            f"select count(*), coalesce(sum(hash({columns})), 0) from ({rows})", given
        ).fetchone()
        assert found is not None
        return int(found[0]), int(found[1]), hash(frozenset(days)) if table.scope.kind == "days" else 0
