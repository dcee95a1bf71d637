"""The DuckDB in which exports are read: one in memory for all landings of a thread.

Opening one takes 30 ms, as long as reading a small file does; a further connection to it takes none, and its
temporary tables, macros and variables are its own and go with it.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from raceway.common.home import Home
from raceway.common.sql import quoted
from raceway.reading.personal import give_key


class _Kept(threading.local):
    """What a thread keeps open: settings of DuckDB hold for all connections, and no two landings may share them."""

    of: tuple[Any, ...] = ()
    database: duckdb.DuckDBPyConnection | None = None


_KEPT = _Kept()


@contextmanager
def workbench(home: Home, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty connection with the home's key, for one table of one export; `threads` limits DuckDB."""
    with _database(home, threads).cursor() as connection:
        connection.execute("set preserve_insertion_order = true")  # a landing that failed may have left it off
        give_key(connection, home)
        yield connection


def _database(home: Home, threads: int | None) -> duckdb.DuckDBPyConnection:
    """The thread's database; another one for another home, and after a fork."""
    of = (os.getpid(), home, threads)
    if _KEPT.database is None or _KEPT.of != of:
        if _KEPT.database is not None and _KEPT.of[0] == os.getpid():
            _KEPT.database.close()
        _KEPT.database, _KEPT.of = duckdb.connect(), of
        spill = home.landing / "_tmp" / f"duckdb-{uuid.uuid4().hex}"  # made only where memory does not suffice
        for setting in (
            "timezone = 'UTC'",
            "enable_progress_bar = false",
            f"temp_directory = {quoted(str(spill))}",
            *([f"threads = {int(threads)}"] if threads else []),
        ):
            _KEPT.database.execute(f"set {setting}")
    return _KEPT.database
