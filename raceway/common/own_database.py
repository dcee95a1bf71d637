"""DuckDB files that raceway itself wrote: read, or told to be damaged in one sentence.

DuckDB keeps a sum of each block and looks at it when the block is read, so damage shows when a file is opened or in the
middle of a question.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.disk_faults import DAMAGED
from raceway.common.faults import PermanentFault
from raceway.common.sql import name

_NO_FILE: Final = ("read-only mode: database does not exist", "Is a directory")
"""What it says where something else, or nothing, stands in its place."""


def says_damage(said: str) -> bool:
    """Whether a fault's words say that a database is damaged, or no database."""
    return any(mark in said for mark in (*DAMAGED, *_NO_FILE))


@contextmanager
def damage_told(database: Path, mend: str) -> Iterator[None]:
    """Turns damage that DuckDB meets in `database` meanwhile into one sentence that ends with `mend`.

    Raises PermanentFault; other faults of DuckDB stay as they are.
    """
    try:
        yield
    except duckdb.Error as fault:
        if not says_damage(str(fault)):
            raise
        raise PermanentFault(f"{database}: damaged ({first_line(fault)}); {mend}") from fault


def damage_of_database(database: Path) -> str:
    """What is wrong with a database, read to the end of all its tables; empty where nothing is."""
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where not internal order by all"
            ).fetchall()
            for schema, table in tables:
                connection.execute(f"select max(hash(t)) from {name(schema)}.{name(table)} as t").fetchall()
    except duckdb.Error as fault:
        return first_line(fault)
    return ""


def first_line(fault: Exception) -> str:
    """The first line of a fault's words: those of DuckDB go on with what only its makers need."""
    return (str(fault).splitlines() or [type(fault).__name__])[0]
