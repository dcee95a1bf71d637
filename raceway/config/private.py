"""What of a home is its owner's alone: all that holds rows of persons, keys or logs, but not what is published."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from raceway.common.home import Home

_OF_OTHERS: Final = 0o077


def keep_private(home: Home) -> None:
    """From now on this process makes files for its owner alone (600, folders 700), and what is there is closed.

    Publishing opens what it publishes. A file of somebody else stays as it is: `raceway doctor` names it.
    """
    os.umask(os.umask(_OF_OTHERS) | _OF_OTHERS)
    for path in (*_folders(home), *_files(home)):
        if is_open(path):
            with suppress(PermissionError):
                path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OF_OTHERS)


def open_to_others(home: Home) -> Iterator[Path]:
    """What others can read and should not: private folders, databases, and each file of keys and raw exports."""
    yield from (path for path in (*_folders(home), *_files(home)) if is_open(path))
    for folder in (home.secrets, home.archive, home.quarantine, home.scratch):
        yield from (path for path in sorted(folder.rglob("*")) if is_open(path))


def is_open(path: Path) -> bool:
    """Whether others than its owner may do anything with a file or folder."""
    try:
        return not path.is_symlink() and bool(stat.S_IMODE(path.stat().st_mode) & _OF_OTHERS)
    except OSError:  # gone meanwhile
        return False


def _folders(home: Home) -> tuple[Path, ...]:
    folders = (home.secrets, home.archive, home.quarantine, home.scratch, home.landing, home.ledger, home.runs,
               home.alerts, home.airflow)  # fmt: skip
    return tuple(folder for folder in folders if folder.is_dir())


def _files(home: Home) -> Iterator[Path]:
    """The databases, with what DuckDB and SQLite lay beside them."""
    for database in (home.warehouse, home.airflow / "airflow.db"):
        yield from database.parent.glob(f"{database.name}*")
