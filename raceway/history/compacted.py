"""The checks and records of older runs and batches in one file each, so that a publish reads little files only for
what is new.

    runs/_compacted/checks-v1.parquet     checks of runs and of decided batches, with the file that each came from
    runs/_compacted/records-v1.jsonl      every run's run.json (written and read by raceway.history.records)

Both are copies: what they were made of stays where it is and decides. A file that is not copied yet, or not any more
the one that was copied, is read itself; a row whose file is gone is left out. So they may be removed at any time,
a kill or two writers at once do no harm, and another version of them (the name says which) is simply not read.
"""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from raceway.common.home import Home
from raceway.common.sql import exactly, parquet_of, quoted, text_list
from raceway.history.records import BATCH_CHECKS, COMPACTED, compact_records, read_checks
from raceway.ledger.ledger import Ledger

WORTHWHILE: Final = 300
"""Loose files of checks from which compacting pays."""

CHECK_COLUMNS: Final = (
    "checked_at, name, kind, severity, passed, subject, batch_id, observed, expected, remedy, broken_rows, rows_file,"
    " message"
)
_JSON_COLUMNS: Final = (
    "{name: 'varchar', kind: 'varchar', severity: 'varchar', passed: 'boolean', subject: 'varchar',"
    " batch_id: 'varchar', observed: 'varchar', expected: 'varchar', message: 'varchar', checked_at: 'timestamptz',"
    " remedy: 'varchar', broken_rows: 'bigint', rows_file: 'varchar'}"
)
_CHECKS: Final = "checks-v1.parquet"


def gather_checks(connection: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Fills the temporary table `kept_check` with all checks of runs and batches; gives the number of files read.

    Columns: `came_from` (null where the file may still change), `run_id` (null for a check of a batch as it landed)
    and those of `CHECK_COLUMNS`. A file without checks has one row without a name.
    """
    copy = home.runs / COMPACTED / _CHECKS
    connection.execute(
        "create or replace temp table kept_check (came_from varchar, run_id varchar, checked_at timestamptz,"
        " name varchar, kind varchar, severity varchar, passed boolean, subject varchar, batch_id varchar,"
        " observed varchar, expected varchar, message varchar, remedy varchar, broken_rows bigint, rows_file varchar)"
    )
    if copy.exists():  # read once: another process may put a new one in its place
        with suppress(duckdb.Error):  # no whole file: it is only a copy
            # by name: a copy of an earlier version has fewer columns
            connection.execute(f"insert into kept_check by name select * from {parquet_of(copy)}")
    known = {came_from for (came_from,) in connection.execute("select distinct came_from from kept_check").fetchall()}
    files = _check_files(home)
    gone = known - {file.came_from for file in files}
    if gone:
        connection.execute(f"delete from kept_check where list_contains({text_list(sorted(gone))}, came_from)")
    new = [file for file in files if file.came_from not in known and file.path.exists()]
    if new:
        try:
            _read(connection, new)
        except duckdb.Error:
            for file in new:
                read_checks(file.path)  # says which of them is damaged, and what to do
            raise
    return len(new)


def compact_history(home: Home, at_least: int = WORTHWHILE) -> int:
    """Copies checks and records of runs and batches into one file each where `at_least` so many files of checks are
    not copied yet; gives their number, 0 where nothing was to do.
    """
    compact_records(home)
    folder = home.runs / COMPACTED
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        new = gather_checks(connection, home)
        if new < at_least:
            return 0
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f".{_CHECKS}.{uuid.uuid4().hex}"
        connection.execute(
            f"copy (select * from kept_check where came_from is not null) to {quoted(str(aside))}"
            " (format parquet, compression zstd)"
        )
    _sync(aside)
    aside.replace(folder / _CHECKS)
    _sync(folder)
    for left in folder.glob(f".{_CHECKS}.*"):  # of a run that was killed
        left.unlink(missing_ok=True)
    return new


@dataclass(frozen=True)
class _CheckFile:
    """One file of checks: of a run, or of a batch as an event landed it."""

    came_from: str | None
    run_id: str | None
    path: Path


def _check_files(home: Home) -> list[_CheckFile]:
    """Where checks lie, or may lie: files of runs never change, those of a batch until it is decided."""
    of_runs = [
        _CheckFile(f"run {path.parent.parent.name}/{path.name}", path.parent.parent.name, path)
        for path in sorted(home.runs.glob("*/checks/*.jsonl"))
    ]
    of_batches = [
        _CheckFile(
            f"batch {batch.batch_id}/{batch.landed_by}" if batch.status != "landed" else None,
            None,
            batch.path.with_name(BATCH_CHECKS),
        )
        for batch in Ledger(home).state().batches.values()
    ]
    return of_runs + of_batches


def _read(connection: duckdb.DuckDBPyConnection, files: list[_CheckFile]) -> None:
    paths = [str(file.path) for file in files]
    connection.register(
        "check_file",
        pa.table(
            {
                "came_from": pa.array([file.came_from for file in files], pa.string()),
                "run_id": pa.array([file.run_id for file in files], pa.string()),
                "path": pa.array(paths, pa.string()),
            }
        ),
    )
    connection.execute(
        f"insert into kept_check by name select check_file.came_from, check_file.run_id, {CHECK_COLUMNS}"
        f" from check_file left join read_json({text_list([exactly(path) for path in paths])}, "
        f"hive_partitioning = false, format = 'newline_delimited', columns = {_JSON_COLUMNS},"
        " filename = true) as made on made.filename = check_file.path"
    )
    connection.unregister("check_file")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
