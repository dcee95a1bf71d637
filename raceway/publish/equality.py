"""When two marts are equal: every table, row and column but a short list that may differ from run to run.

    python -m raceway.publish.equality LEFT.duckdb RIGHT.duckdb

The same files must give the same mart, whatever order they came in, however often a run was broken off. What is
excepted stands here and nowhere else.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.sql import name, quoted
from raceway.publish.history_tables import HISTORY_TABLES
from raceway.publish.kpi_published import KPI_PUBLISHED

VOLATILE_TABLES: Final = frozenset({*HISTORY_TABLES, KPI_PUBLISHED.name})
"""They tell what happened in which run, and when; kpi_published also what was shown before."""

VOLATILE_COLUMNS: Final = frozenset({"_batch_id", "_landed_at", "as_of"})
"""Batch ids carry the time of an export; `as_of` is the run's."""


_HISTORIES: Final = {
    "batch_history": (
        """
        select
            source, table_name, account, exported_at, covers_from, covers_to, status, rows_read, rows_landed,
            rows_refused, rows_furniture, rows_excluded, decided_by
        from {0}.batch_history
        where status in ('accepted', 'pending', 'rejected')
        """,
        True,
    ),
    "check_history": (
        """
        select kind, name, subject, severity, passed
        from {0}.check_history
        where kind in ('dbt_test', 'freeze')
            and run_id = (select max_by(run_id, finished_at) from {0}.run_history where status = 'published')
        """,
        True,
    ),
    "run_history": (
        "select max_by(as_of, finished_at) as last_as_of from {0}.run_history where status = 'published'",
        False,
    ),
    "kpi_published": (
        """
        select kpi, period, period_start, channel, market, numerator, denominator, value, is_complete
        from {0}.kpi_published
        qualify row_number() over (
            partition by kpi, period, period_start, channel, market order by published_at desc, version desc
        ) = 1 and value is not null
        """,
        False,
    ),
}
"""Of the histories what the same files, decisions and settings tell alike (docs/explanation/faults.md), and whether it
is told by file."""


Relation = tuple[str, Sequence[str]]
"""What stands for a table in a from clause, and its columns."""


@dataclass(frozen=True)
class Difference:
    """A table that differs. Counts are rows that only one side has; -1 where the other has no such table."""

    table: str
    only_left: int
    only_right: int
    columns: tuple[str, ...] = ()
    """Columns that only one side has."""

    def __str__(self) -> str:
        """As a sentence."""
        if -1 in (self.only_left, self.only_right):
            return f"{self.table}: only {'right' if self.only_left == -1 else 'left'} has it"
        more = f", columns of one side alone: {', '.join(self.columns)}" if self.columns else ""
        return f"{self.table}: {self.only_left} rows only left, {self.only_right} only right{more}"


def differences(
    left: Path, right: Path, schema: str = "main", *, without: frozenset[str] = frozenset()
) -> list[Difference]:
    """How two DuckDB files differ in the tables of a schema; empty where they are equal.

    Rows are compared as bags: their order does not count, how often each is there does. `without` names more columns
    that may differ. Raises duckdb.IOException
    where a file cannot be read.
    """
    with duckdb.connect() as connection:
        for alias, path in (("l", left), ("r", right)):
            connection.execute(f"attach {quoted(str(path))} as {alias} (read_only)")
        tables = {alias: _columns(connection, alias, schema) for alias in ("l", "r")}
        left_tables, right_tables = (
            {
                table: (f"{alias}.{schema}.{name(table)}", [column for column in columns if column not in without])
                for table, columns in tables[alias].items()
            }
            for alias in ("l", "r")
        )
        return compare(connection, left_tables, right_tables)


def history_differences(left: Path, right: Path, same_files: bool = True) -> list[Difference]:
    """How the histories of two published race.duckdb differ in what must be equal at the same `as_of`, whatever came
    first and whatever was broken off.

    `same_files` is false where the same was told in other files: then other batches are right, and only what was
    published of them is compared. Raises duckdb.IOException where a file cannot be read.
    """
    with duckdb.connect() as connection:
        for alias, path in (("l", left), ("r", right)):
            connection.execute(f"attach {quoted(str(path))} as {alias} (read_only)")
        found = []
        for table, (select, is_of_files) in _HISTORIES.items():
            if same_files or not is_of_files:
                columns = [column for column, *_ in connection.execute(f"describe {select.format('l')}").fetchall()]
                one, other = ((f"({select.format(alias)})", columns) for alias in ("l", "r"))
                if apart := _compare(connection, table, one, other):
                    found.append(apart)
        return found


def compare(
    connection: duckdb.DuckDBPyConnection, left: Mapping[str, Relation], right: Mapping[str, Relation]
) -> list[Difference]:
    """How the tables of two sides differ, whatever they are: tables of a database, files."""
    return [
        found
        for table in sorted({*left, *right} - VOLATILE_TABLES)
        if (found := _compare(connection, table, left.get(table), right.get(table)))
    ]


def _columns(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> dict[str, list[str]]:
    """The tables of a schema with their columns; views are made of them."""
    rows = connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "inner join duckdb_tables() using (database_name, schema_name, table_name) "
        "where database_name = ? and schema_name = ? group by table_name",
        [database, schema],
    ).fetchall()
    return dict(rows)


def _compare(
    connection: duckdb.DuckDBPyConnection, table: str, left: Relation | None, right: Relation | None
) -> Difference | None:
    if left is None or right is None:
        return Difference(table, -1 if left is None else 0, -1 if right is None else 0)
    shared = [column for column in left[1] if column in right[1] and column not in VOLATILE_COLUMNS]
    alone = tuple(sorted({*left[1]} ^ {*right[1]}))
    columns = ", ".join(name(column) for column in shared)
    sides = [f"select {columns} from {relation}" for relation, _ in (left, right)]
    counts = [
        connection.execute(f"select count(*) from (({one}) except all ({other}))").fetchone()
        for one, other in (sides, reversed(sides))
    ]
    only_left, only_right = (int(count[0]) if count else 0 for count in counts)
    return Difference(table, only_left, only_right, alone) if only_left or only_right or alone else None


if __name__ == "__main__":
    found = differences(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
    print("\n".join(str(difference) for difference in found) or "equal")
    sys.exit(bool(found))
