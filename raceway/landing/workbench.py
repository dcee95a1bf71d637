"""The DuckDB in which exports are read: one in memory for all landings of a thread.

Opening one takes 30 ms, and making its macros 16, as long as reading a small file does; a further connection to it
takes none, and its temporary tables, macros and variables are its own and go with it.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.home import Home
from raceway.common.sql import quoted
from raceway.config.settings import load_settings
from raceway.landing.aside import hold
from raceway.reading.macros import make_macros
from raceway.reading.personal import give_key

_SHARE: Final = 0.6
"""Of the memory that a reading process may hold, DuckDB's: other readers and its own overhead have the rest."""


class _Kept(threading.local):
    """What a thread keeps open: settings of DuckDB hold for all connections, and no two landings may share them."""

    of: tuple[Any, ...] = ()
    pid: int = 0
    database: duckdb.DuckDBPyConnection | None = None
    spill: tuple[Path, int] | None = None
    """Where DuckDB lays what memory does not hold, and the handle that holds the folder until the process ends."""


_KEPT = _Kept()
_OF_THE_PARENT: Final[list[duckdb.DuckDBPyConnection]] = []
"""Kept for as long as the forked process lives."""


@contextmanager
def workbench(home: Home, threads: int | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty connection with the home's key, for one table of one export; `threads` limits DuckDB."""
    try:
        with _database(home, threads).cursor() as connection:
            connection.execute("set preserve_insertion_order = true")  # a landing that failed may have left it off
            give_key(connection, home)
            yield connection
    except (duckdb.FatalException, duckdb.InternalException):
        _KEPT.of = ()  # DuckDB answers nothing more in it: the next landing gets another
        raise


def _database(home: Home, threads: int | None) -> duckdb.DuckDBPyConnection:
    """The thread's database; another one for another home, and after a fork."""
    limits = load_settings(home).limits
    of = (os.getpid(), home, threads, limits)
    if _KEPT.database is None or _KEPT.of != of:
        if _KEPT.database is not None and _KEPT.pid != os.getpid():
            _OF_THE_PARENT.append(_KEPT.database)  # closing it would wait for threads that a fork does not copy
        elif _KEPT.database is not None:
            _KEPT.database.close()
        _KEPT.database = None  # until the next one has all its settings
        database = duckdb.connect()
        if _KEPT.spill is not None:
            os.close(_KEPT.spill[1])
            if _KEPT.pid == os.getpid():  # after a fork it is the parent's still
                shutil.rmtree(_KEPT.spill[0], ignore_errors=True)
        _KEPT.spill = hold(home.scratch)
        for setting in (
            "timezone = 'UTC'",
            "enable_progress_bar = false",
            f"temp_directory = {quoted(str(_KEPT.spill[0]))}",
            f"max_temp_directory_size = '{int(limits.unpacked_gb * 1000)}MB'",
            f"memory_limit = '{int(limits.memory_gb * _SHARE * 1000)}MB'",
            *([f"threads = {int(threads)}"] if threads else []),
        ):
            database.execute(f"set {setting}")
        make_macros(database)
        _KEPT.database, _KEPT.of, _KEPT.pid = database, of, os.getpid()
    return _KEPT.database
