"""What the pages of the report are made from, and how they ask it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from raceway.config.accounts import Accounts
from raceway.config.settings import Settings

Columns = dict[str, list[Any]]
"""A table as the page holds it: column name → values, all of one length."""


@dataclass(frozen=True)
class Context:
    """A version that is being published."""

    connection: duckdb.DuckDBPyConnection
    """With the version's mart attached as `race`."""
    as_of: dt.date
    settings: Settings
    details: Mapping[str, Any]
    """The version's run.json."""
    accounts: Accounts

    def columns(self, sql: str, given: Sequence[Any] | Mapping[str, Any] = ()) -> Columns:
        """The rows of a statement by column. Values go into JSON as they are: a statement casts its days to text."""
        cursor = self.connection.execute(sql, given or None)
        names = [column[0] for column in cursor.description or []]
        rows = cursor.fetchall()
        return (
            dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {name: [] for name in names}
        )

    def has(self, table: str) -> bool:
        """Whether the mart has a table (one that a later program added is missing in an older mart)."""
        return has_table(self.connection, table)


def has_table(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether the attached database `race` has a table."""
    found = connection.execute(
        "select 1 from duckdb_tables() where database_name = 'race' and table_name = ?", [table]
    ).fetchone()
    return found is not None
