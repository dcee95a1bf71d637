"""What was kept long enough: raw files, rows, logs, versions, batches read again; listed with sizes, then removed.

    ledger (when files were put away), runs/, airflow/logs, landing/ ──► what would go ──► gone, where it is asked for

Nothing that a kept version was made of goes, nothing that is in effect or waits for a decision, and no states. A mart
that is built afterwards is the one that was built before.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.home import Home
from raceway.common.sql import parquet_of
from raceway.config.settings import Retention
from raceway.history.broken_rows import old_rows
from raceway.inbox.raw_files import sweep
from raceway.ledger.ledger import Ledger
from raceway.publish.current import damage_of_current
from raceway.publish.version import alone, old_versions, published_versions

RAW: Final = "raw files and refused rows"
LOGS: Final = "logs of runs and of Airflow"
ROWS: Final = "rows of checks"
VERSIONS: Final = "published versions that are not among the newest"
READ_AGAIN: Final = "batches in whose place others stand"


@dataclass(frozen=True)
class Going:
    """One file or folder that was kept long enough."""

    what: str
    path: Path
    bytes: int


def what_goes(home: Home, retention: Retention, now: dt.datetime) -> list[Going]:
    """Everything that was kept long enough at `now`, by kind and path; changes nothing."""
    found = [
        *_raw_files(home, now - dt.timedelta(days=retention.archive_days)),
        *_logs(home, now - dt.timedelta(days=retention.log_days)),
        *_rows_of_checks(home, retention.archive_days, now),
        *_versions(home, retention.versions),
        *_read_again(home, now - dt.timedelta(days=retention.replaced_days)),
    ]
    return sorted(found, key=lambda going: (going.what, str(going.path)))


def remove(home: Home, retention: Retention, now: dt.datetime) -> list[Going]:
    """Removes what was kept long enough at `now`, and gives it."""
    going = what_goes(home, retention, now)
    sweep(home, retention.archive_days, now)
    for one in going:
        if one.what == READ_AGAIN:
            gone = home.landing / "_tmp" / f"gone-{one.path.name}"  # a reader finds it whole or not at all
            gone.parent.mkdir(exist_ok=True)
            one.path.rename(gone)
            shutil.rmtree(gone)
        elif one.what == ROWS:
            shutil.rmtree(one.path)
        elif one.what == VERSIONS:
            with alone(home):
                shutil.rmtree(one.path)
        elif one.what == LOGS:
            one.path.unlink(missing_ok=True)
    return going


def told(home: Home, going: Sequence[Going], dry_run: bool) -> list[str]:
    """What goes, in lines: by kind the number and size, then each path with its size."""
    if not going:
        return ["Nothing was kept longer than [retention] says."]
    lines = []
    for what, group in groupby(going, key=lambda one: one.what):
        ones = list(group)
        lines.append(f"{what}: {len(ones)}, {sum(one.bytes for one in ones):,} bytes")
        lines += [f"  {one.path.relative_to(home.root)} ({one.bytes:,} bytes)" for one in ones]
    whole = f"{sum(one.bytes for one in going):,} bytes"
    return [*lines, f"{whole} would go; nothing was removed." if dry_run else f"{whole} were removed."]


def _raw_files(home: Home, before: dt.datetime) -> Iterator[Going]:
    for kept_at, since in Ledger(home).put_away().items():
        kept = home.root / kept_at
        if since < before and kept.is_file():
            yield Going(RAW, kept, kept.stat().st_size)


def _logs(home: Home, before: dt.datetime) -> Iterator[Going]:
    """Log files that nobody has written to since; checks, results and effective sets of runs stay."""
    for path in [*home.runs.glob("*/night.log"), *(home.airflow / "logs").rglob("*.log")]:
        said = path.lstat()
        if path.is_file() and not path.is_symlink() and said.st_mtime < before.timestamp():
            yield Going(LOGS, path, said.st_size)


def _rows_of_checks(home: Home, days: int, now: dt.datetime) -> Iterator[Going]:
    """Files of the rows that broke a check, by run."""
    for folder in old_rows(home, days, now):
        yield Going(ROWS, folder, _bytes(folder))


def _versions(home: Home, kept: int) -> Iterator[Going]:
    """Versions that the next publish would remove: more than are kept, since the setting was lowered."""
    if damage_of_current(home):  # which one readers see is not known
        return
    for version in old_versions(home, kept):
        yield Going(VERSIONS, version.path, _bytes(version.path))


def _bytes(folder: Path) -> int:
    """What goes from the disk with a folder: a file that another version shares stays."""
    files = [path.stat() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(said.st_size for said in files if said.st_nlink == 1)


def _read_again(home: Home, before: dt.datetime) -> Iterator[Going]:
    """Folders of batches that another one replaced when their files were read again, unless a kept version has them."""
    pinned = _pinned(home)
    for batch in Ledger(home).state().batches.values():
        folder = batch.path.parent
        long_ago = batch.decided_at is not None and batch.decided_at < before
        if batch.status == "replaced" and long_ago and batch.batch_id not in pinned and folder.is_dir():
            yield Going(READ_AGAIN, folder, sum(path.stat().st_size for path in folder.iterdir()))


def _pinned(home: Home) -> set[str]:
    """The batches that kept versions were made of, by the effective sets of their runs."""
    sets = [home.run_folder(version.run_id) / "effective_set.parquet" for version in published_versions(home)]
    there = [path for path in sets if path.is_file()]
    if not there:
        return set()
    with duckdb.connect() as connection:
        found = connection.execute(f"select distinct batch_id from {parquet_of(there)}").fetchall()
    return {batch_id for (batch_id,) in found}
