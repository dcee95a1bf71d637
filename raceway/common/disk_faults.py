"""Faults of files and disks that reach the command line, as a sentence: they are no slips of the program."""

from __future__ import annotations

import errno
import sqlite3
import sys
from typing import Final

MENDS: Final = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room, or have the quota of this user raised",
    errno.EFBIG: "the limit of a file's size is reached: have it raised (ulimit -f)",
    errno.EACCES: "give this user the right to read and write it",
    errno.EPERM: "give this user the right to read and write it",
    errno.EROFS: "mount the disk so that it can be written",
    errno.EISDIR: "a folder stands where a file should be: take it away",
    errno.ENOTDIR: "a file stands where a folder should be: take it away",
    errno.EIO: "the disk fails: look at it before anything else",
}
"""What to do, by the system's number of a fault."""


DAMAGED: Final = ("Corrupt database file", "not a valid DuckDB database file", "Could not read enough bytes")
"""What DuckDB says of a database that is cut off, overwritten or changed."""
UNREADABLE: Final = (
    "parquet", "Parquet", "ZSTD", "Thrift", "TProtocol", "decompress", "No magic bytes", "Out of buffer",
    "know what type",
)  # fmt: skip
"""Words of DuckDB about a file of rows that it cannot read."""


def is_of_the_disk(fault: Exception) -> bool:
    """Whether a fault comes from a file or a disk: the system's, DuckDB's or SQLite's."""
    duckdb = sys.modules.get("duckdb")
    if duckdb and isinstance(fault, duckdb.Error) and any(mark in str(fault) for mark in (*DAMAGED, *UNREADABLE)):
        return True
    if _of_airflows_database(fault):
        return True
    of_duckdb = (duckdb.IOException, duckdb.FatalException, duckdb.SerializationException) if duckdb else ()
    return isinstance(fault, (OSError, sqlite3.Error, *of_duckdb))


def _of_airflows_database(fault: Exception) -> bool:
    """Whether Airflow's database could not be used: a full disk under its SQLite file, or a server that is gone."""
    sqlalchemy, duckdb = sys.modules.get("sqlalchemy.exc"), sys.modules.get("duckdb")
    if sqlalchemy is None or not isinstance(fault, sqlalchemy.OperationalError):
        return False
    return not (duckdb and isinstance(fault.orig, duckdb.Error))  # the gate asks DuckDB through SQLAlchemy


def said_of_the_disk(fault: Exception) -> str:
    """What failed, on which file, and what to do."""
    if _of_airflows_database(fault):
        first = (str(getattr(fault, "orig", fault)).splitlines() or [type(fault).__name__])[0]
        return (
            f"Airflow's database could not be read or written: {first}; look at it (airflow/airflow.db, or the server "
            "that is set) and at its disk, then run the command again"
        )
    if isinstance(fault, OSError) and fault.errno is not None:
        files = " and ".join(str(name) for name in (fault.filename, fault.filename2) if name is not None)
        mend = MENDS.get(fault.errno, "look at the file and its disk")
        return f"{files or 'a file'}: {fault.strerror}; {mend}, then run the command again"
    first = (str(fault).splitlines() or [type(fault).__name__])[0]
    return f"a file could not be read or written: {first}; look at it and at the disk, then run the command again"
