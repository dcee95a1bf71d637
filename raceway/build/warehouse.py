"""The warehouse's file: taken away where it is damaged or was built by another program, since landing makes it anew."""

from __future__ import annotations

from typing import Final

import duckdb

from raceway.common.home import Home
from raceway.history.records import Check

_DAMAGED: Final = ("Corrupt database file", "not a valid DuckDB database file", "Could not read enough bytes")
"""What DuckDB says of a database that is cut off, overwritten or changed."""


def warehouse_is_damaged(home: Home, said: str) -> bool:
    """Whether a fault's words are about the warehouse's file, and say that it is not whole."""
    of_it = str(home.warehouse) in said or _DAMAGED[0] in said  # that one names no file, and no other is written
    return of_it and says_damaged(said)


def says_damaged(said: str) -> bool:
    """Whether DuckDB's words are about a database that is not whole."""
    return any(mark in said for mark in _DAMAGED)


def take_away_warehouse(home: Home) -> None:
    """Removes the warehouse: the next freeze makes it anew, and the next build fills it from landing."""
    home.warehouse.unlink(missing_ok=True)
    home.warehouse.with_name(f"{home.warehouse.name}.wal").unlink(missing_ok=True)


def begin_anew(home: Home, program: str) -> list[Check]:
    """Removes a warehouse that is damaged, or that other models have built: what they kept is not what these would have
    made. Gives a warning for a damaged one. Raises duckdb.IOException where another process holds it.
    """
    if not home.warehouse.exists():
        return []
    try:
        with duckdb.connect(str(home.warehouse)) as connection:
            known = connection.execute(
                "select 1 from duckdb_tables() where schema_name = 'frozen' and table_name = 'program'"
            ).fetchone()
            built_by = connection.execute("select program from frozen.program").fetchone() if known else None
    except duckdb.Error as fault:
        if not warehouse_is_damaged(home, str(fault)):
            raise
        take_away_warehouse(home)
        return [
            Check(
                name="own_files_are_whole",
                kind="landing",
                severity="warning",
                passed=False,
                subject="warehouse",
                expected="what raceway keeps of its own is as it was written",
                message=f"{home.warehouse}: damaged ({str(fault).splitlines()[0]}); it was taken away and is built "
                "anew from landing, which holds all that was in it",
                remedy="it was mended as the sentence says; look at the disk, and at who else writes into this home",
            )
        ]
    if built_by != (program,):
        take_away_warehouse(home)
    return []
