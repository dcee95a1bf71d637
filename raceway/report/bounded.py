"""Questions to the published mart by whoever may ask anything: bounded in rows, time and memory, blind to files.

DuckDB reads files, calls extensions and opens other databases from within a select. So the file is opened read-only
and without access to anything outside of it, the settings are locked after that, and only one select is run at a time.
DuckDB does not look at the clock or its memory within one function call (a `repeat`, a `range`): so a question runs in
a process of its own, which the system keeps to a size and which is ended when its time is over.
"""

from __future__ import annotations

import json
import pickle
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.faults import PermanentFault
from raceway.common.home import PROJECT

ROWS: Final = 1000
"""Rows of an answer; more are cut off, and said to be."""
SECONDS: Final = 10.0
"""How long one question may take."""
CHARACTERS: Final = 1_000_000
"""How long all texts of an answer may be together; a list or a struct counts as it is written."""
_MEMORY: Final = "1GB"
_PROCESS_BYTES: Final = 4 << 30
_STARTING: Final = 3.0
"""Seconds until the process of a question has begun with it."""
_TOO_LONG: Final = "it took longer than {seconds:g} seconds and was stopped; ask for less"
_TOO_LARGE: Final = f"it needs more memory than {_MEMORY}; ask for less"
_SETTINGS: Final = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # a name in a select is a table, and no variable of this program
    "memory_limit": _MEMORY,
    "temp_directory": "",
    "threads": 2,
}


@dataclass(frozen=True)
class Bounded:
    """An answer, at most ROWS of it."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool
    """Whether there is more."""


@contextmanager
def shut_mart(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The mart in a file, open to be read and with no way out of it. Raises PermanentFault where it is not there."""
    if not database.exists():
        raise PermanentFault("nothing is published yet; run: raceway run")
    # the version's own path: `current` may move to another version while this one is being read
    with duckdb.connect(str(database.resolve()), read_only=True, config=dict(_SETTINGS)) as connection:
        connection.execute("set lock_configuration = true")
        yield connection


@contextmanager
def limited_time(connection: duckdb.DuckDBPyConnection, seconds: float = SECONDS) -> Iterator[None]:
    """Breaks off what the connection does after so long. Raises PermanentFault then, and where DuckDB fails."""
    alarm = threading.Timer(seconds, connection.interrupt)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    except duckdb.InterruptException as fault:
        raise PermanentFault(_TOO_LONG.format(seconds=seconds)) from fault
    except duckdb.OutOfMemoryException as fault:
        raise PermanentFault(_TOO_LARGE) from fault
    except duckdb.Error as fault:
        raise PermanentFault(f"the query failed: {fault}") from fault
    finally:
        alarm.cancel()


def bounded_query(database: Path, sql: str, seconds: float = SECONDS) -> Bounded:
    """Runs one select on the mart in a file, in a process of its own.

    Raises PermanentFault where it is no select, DuckDB does not understand it, it wants out of the file, takes too
    long or too much memory.
    """
    asked = json.dumps([str(database), sql, seconds])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "raceway.report.bounded"],
            input=asked.encode(), capture_output=True, timeout=seconds + _STARTING, check=False, cwd=PROJECT.root,
        )  # fmt: skip
    except subprocess.TimeoutExpired as fault:
        raise PermanentFault(_TOO_LONG.format(seconds=seconds)) from fault
    if done.returncode:
        raise PermanentFault(_TOO_LARGE)  # the system ended it, or Python could not go on
    answer = pickle.loads(done.stdout)  # noqa: S301  # the process is this module
    if isinstance(answer, str):
        raise PermanentFault(answer)
    return Bounded(*answer)


def _answer_one() -> None:
    """The process: a question from standard input, its answer or what is wrong with it to standard output."""
    database, sql, seconds = json.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (_PROCESS_BYTES, _PROCESS_BYTES))
    answer: tuple[list[str], list[tuple[Any, ...]], bool] | str
    try:
        found = _selected(Path(database), sql, seconds)
        answer = (found.columns, found.rows, found.is_cut)
    except PermanentFault as fault:
        answer = str(fault)
    except MemoryError:
        answer = _TOO_LARGE
    sys.stdout.buffer.write(pickle.dumps(answer))


def _selected(database: Path, sql: str, seconds: float) -> Bounded:
    with shut_mart(database) as connection, limited_time(connection, seconds):
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise PermanentFault("only one select is answered at a time: no other statement, and no two of them")
        cursor = connection.execute(statements[0])
        columns = [column[0] for column in cursor.description or []]
        return _cut(columns, cursor)


def _cut(columns: list[str], cursor: duckdb.DuckDBPyConnection) -> Bounded:
    rows: list[tuple[Any, ...]] = []
    left = CHARACTERS
    while len(rows) < ROWS and (row := cursor.fetchone()) is not None:
        left -= sum(_length(cell) for cell in row)
        if left < 0:
            return Bounded(columns, rows, is_cut=True)
        rows.append(row)
    return Bounded(columns, rows, is_cut=cursor.fetchone() is not None)


def _length(cell: Any) -> int:
    if isinstance(cell, list | tuple | dict):
        return len(str(cell))
    return len(cell) if isinstance(cell, str | bytes) else 0


if __name__ == "__main__":
    _answer_one()
