"""The home's lock: one run lands and builds at a time.

`raceway run` holds it alone; the tasks of a living scheduler hold it together, since Airflow itself
keeps them apart (one DAG run at a time, one slot for the warehouse). The lock is the kernel's (flock):
it ends with its process, so a killed run never leaves a home locked.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from raceway.common.faults import HomeIsLocked
from raceway.common.home import Home

_HELD: Final[set[Path]] = set()
"""Locks that this process holds alone: the tasks of an in-process night run under its lock."""


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Holds the home alone. Raises HomeIsLocked at once where anyone else holds it."""
    with _locked(home, fcntl.LOCK_EX):
        _say_who(home.lock)
        _HELD.add(home.lock)
        try:
            yield
        finally:
            _HELD.discard(home.lock)
            home.lock.write_text("", encoding="utf-8")


@contextmanager
def together(home: Home) -> Iterator[None]:
    """Holds the home beside other tasks. Raises HomeIsLocked where another process holds it alone."""
    if home.lock in _HELD:
        yield
        return
    with _locked(home, fcntl.LOCK_SH):
        yield


@contextmanager
def _locked(home: Home, kind: int) -> Iterator[None]:
    with home.lock.open("a", encoding="utf-8") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeIsLocked(_who_holds(home)) from None
        yield


def _say_who(lock: Path) -> None:
    now = dt.datetime.now(tz=dt.UTC)
    lock.write_text(json.dumps({"pid": os.getpid(), "since": now.isoformat(timespec="seconds")}), encoding="utf-8")


def _who_holds(home: Home) -> str:
    try:
        holder = json.loads(home.lock.read_text(encoding="utf-8"))
        who = f"process {holder['pid']} since {holder['since']}"
    except (ValueError, KeyError, TypeError):
        # tasks of a scheduler hold it together and write no name; a holder may also be just about to write
        who = "tasks of Airflow's scheduler"
    return f"{home.root}: another run is at work here ({who}). Wait until it has ended, or stop that process."
