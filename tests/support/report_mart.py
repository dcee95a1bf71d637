"""A mart of a few rows for the tabs of the report: each test writes the tables that its tab asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from raceway.config.accounts import Account
from raceway.config.settings import Settings
from raceway.report.context import Columns, Context

AS_OF = dt.date(2026, 6, 21)
RUN = "tonight"


def context(
    tables: Mapping[str, tuple[str, Sequence[tuple[Any, ...]]]],
    *,
    late: Sequence[str] = (),
    accounts: Mapping[tuple[str, str], Account] | None = None,
) -> Context:
    """A context over a mart in memory; a table is (columns with their types, rows)."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as race")
    for name, (columns, rows) in tables.items():
        connection.execute(f"create table race.{name} ({columns})")
        if rows:
            places = ", ".join("?" for _ in rows[0])
            connection.executemany(f"insert into race.{name} values ({places})", rows)
    details = {"run_id": RUN, "version": "v1", "late": list(late)}
    return Context(connection, AS_OF, Settings(), details, dict(accounts or {}))


def rows(columns: Columns, *names: str) -> list[tuple[Any, ...]]:
    """The rows of a table that a tab shows, in the columns asked for."""
    return list(zip(*(columns[name] for name in names), strict=True))
