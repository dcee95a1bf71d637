"""Questions to the published mart by whoever may ask anything: bounded in rows, time and memory, blind to files.

DuckDB reads files, calls extensions and opens other databases from within a select. So the file is opened read-only
and without access to anything outside of it (its tables are all in it: no view of the mart reads a file beside it), the
settings are locked after that, and only one select is run at a time. DuckDB does not look at the clock or its memory
within one function call (a `repeat`, a `range`): so a question runs in a process of its own, which the system keeps to
a size and which is ended when its time is over.
"""

from __future__ import annotations

import json
import pickle
import re
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.faults import PermanentFault
from raceway.common.home import PROJECT
from raceway.common.own_database import damage_told, says_damage
from raceway.report.mart_file import MEND, version_file

ROWS: Final = 1000
"""Rows of an assistant's answer; more are cut off, and said to be."""
SECONDS: Final = 10.0
"""How long one question of an assistant may take."""
CHARACTERS: Final = 1_000_000
"""How long all texts of an answer may be together; a list or a struct counts as it is written."""
_PROCESS_BYTES: Final = 3 << 30
"""What the process of a question may take beside DuckDB's memory: the program itself, and the answer."""
_BLOCK: Final = 1000
"""Rows that are fetched at once."""
_STARTING: Final = 3.0
"""Seconds until the process of a question has begun with it."""
_OUTSIDE: Final = "the query reaches for a file, an address or an extension; only the tables of the mart may be asked"
_A_WAY_OUT: Final = re.compile(
    r"exists in the \w+ extension"
    r"|^Catalog Error: Table with name (\S*[/\\]\S*|\S+\.(csv|parquet|jsonl?|gz|xlsx|txt)) does not"
)
"""DuckDB's words for an extension that is not there, and for a file that stands where a table does."""
_LOCKED: Final = "the query changes a setting, and settings are locked; leave that out"


@dataclass(frozen=True)
class Limits:
    """What one question may take, and what is said to who wants more."""

    rows: int = ROWS
    seconds: float = SECONDS
    characters: int = CHARACTERS
    gigabytes: int = 1
    """Of memory, for DuckDB."""
    less: str = "ask for less"
    """The remedy where it was too much."""
    outside: str = ""
    """The remedy where the question wants out of the mart, if there is one."""

    @property
    def too_long(self) -> str:
        """What is said where the time is over."""
        return f"it took longer than {self.seconds:g} seconds and was stopped; {self.less}"

    @property
    def too_large(self) -> str:
        """What is said where the memory does not suffice."""
        return f"it needs more memory than {self.gigabytes}GB; {self.less}"


OF_ASSISTANTS: Final = Limits()
_SETTINGS: Final = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,  # a name in a select is a table, and no variable of this program
    "temp_directory": "",
    "threads": 2,
}
_ANSWERED: Final = frozenset(
    {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI}  # MULTI: a pivot
)


@dataclass(frozen=True)
class Bounded:
    """An answer, at most as many rows as its limits allow."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool
    """Whether there is more."""


@contextmanager
def shut_mart(database: Path, limits: Limits = OF_ASSISTANTS) -> Iterator[duckdb.DuckDBPyConnection]:
    """The mart in a file, open to be read and with no way out of it. Raises PermanentFault where it is not there, or
    damaged."""
    file = version_file(database)
    settings = _SETTINGS | {"memory_limit": f"{limits.gigabytes}GB"}
    with (
        damage_told(file, MEND),
        duckdb.connect(str(file), read_only=True, config=dict(settings)) as connection,
    ):
        connection.execute("set lock_configuration = true")
        yield connection


@contextmanager
def limited_time(connection: duckdb.DuckDBPyConnection, limits: Limits = OF_ASSISTANTS) -> Iterator[None]:
    """Breaks off what the connection does after so long. Raises PermanentFault then, and where DuckDB fails;
    damage of the file stays DuckDB's fault: who opened it tells which file it is."""
    alarm = threading.Timer(limits.seconds, connection.interrupt)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    except duckdb.InterruptException as fault:
        raise PermanentFault(limits.too_long) from fault
    except duckdb.OutOfMemoryException as fault:
        raise PermanentFault(limits.too_large) from fault
    except duckdb.Error as fault:
        if says_damage(str(fault)):  # who opened the file tells of it
            raise
        raise PermanentFault(_said(fault, limits)) from fault
    finally:
        alarm.cancel()


def _said(fault: duckdb.Error, limits: Limits) -> str:
    """DuckDB's fault in our words where its own would name a remedy that is shut here."""
    text = str(fault)
    if isinstance(fault, duckdb.PermissionException) or _A_WAY_OUT.search(text):
        return _OUTSIDE + limits.outside
    return _LOCKED + limits.outside if "the configuration has been locked" in text else f"the query failed: {text}"


def bounded_query(database: Path, sql: str, limits: Limits = OF_ASSISTANTS) -> Bounded:
    """Runs one select on the mart in a file, in a process of its own.

    Raises PermanentFault where it is no select, DuckDB does not understand it, it wants out of the file, takes too
    long or too much memory.
    """
    try:
        sql.encode()
    except UnicodeEncodeError as fault:
        raise PermanentFault(f"the query cannot be read as text in UTF-8 ({fault}); write it anew") from fault
    asked = json.dumps([str(database), sql, asdict(limits)])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "raceway.report.bounded"],
            input=asked.encode(), capture_output=True, timeout=limits.seconds + _STARTING, check=False,
            cwd=PROJECT.root,
        )  # fmt: skip
    except subprocess.TimeoutExpired as fault:
        raise PermanentFault(limits.too_long) from fault
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise PermanentFault(limits.too_large)  # the system ended it, or Python could not go on
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise PermanentFault(f"the process that asked the mart broke off: {last}; look at it: raceway doctor --deep")
    answer = pickle.loads(done.stdout)  # noqa: S301  # the process is this module
    if isinstance(answer, str):
        raise PermanentFault(answer)
    return Bounded(*answer)


def _answer_one() -> None:
    """The process: a question from standard input, its answer or what is wrong with it to standard output."""
    database, sql, given = json.loads(sys.stdin.buffer.read())
    limits = Limits(**given)
    size = (limits.gigabytes << 30) + _PROCESS_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    answer: tuple[list[str], list[tuple[Any, ...]], bool] | str
    try:
        found = selected(Path(database), sql, limits)
        answer = (found.columns, found.rows, found.is_cut)
    except PermanentFault as fault:
        answer = str(fault)
    except MemoryError:
        answer = limits.too_large
    except duckdb.Error as fault:
        answer = _said(fault, limits)
    sys.stdout.buffer.write(pickle.dumps(answer))


def selected(database: Path, sql: str, limits: Limits) -> Bounded:
    """`bounded_query` within this process, which DuckDB may hold up for longer than was asked. Raises as that."""
    with shut_mart(database, limits) as connection, limited_time(connection, limits):
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type not in _ANSWERED:
            raise PermanentFault(
                "only one select is answered at a time, for the published mart is read-only: no other statement, and "
                f"no two of them{limits.outside}"
            )
        cursor = connection.execute(statements[0])
        columns = [column[0] for column in cursor.description or []]
        return _cut(columns, cursor, limits)


def _cut(columns: list[str], cursor: duckdb.DuckDBPyConnection, limits: Limits) -> Bounded:
    rows: list[tuple[Any, ...]] = []
    left = limits.characters
    while block := cursor.fetchmany(_BLOCK):
        for row in block:
            left -= sum(_length(cell) for cell in row)
            if left < 0 or len(rows) == limits.rows:
                return Bounded(columns, rows, is_cut=True)
            rows.append(row)
    return Bounded(columns, rows, is_cut=False)


def _length(cell: Any) -> int:
    if isinstance(cell, list | tuple | dict):
        return len(str(cell))
    return len(cell) if isinstance(cell, str | bytes) else 0


if __name__ == "__main__":
    _answer_one()
