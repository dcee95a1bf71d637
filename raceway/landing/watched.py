"""Lands an export in a process that is watched: a file that ends it, hangs or takes all memory harms itself only.

    night or task ──► worker: read → type → land → gate → accept
         │ an answer                                   the outcome
         │ it crashed, ran too long, held too much     the file is refused, with a sentence that says so
         └ somebody killed it (the kernel, short of    once more, with nothing else landing in this home; refused
           memory, takes one of many)                  where it ends so again

What the worker left aside is removed; what it had begun to show is refused with its file, and `retry` reads it again.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from raceway.common.faults import ExportRefused, PassingFault, RacewayFault
from raceway.common.home import Home
from raceway.common.watched import Bounds, Ended, Nursery, Seat
from raceway.config.limits import Limits
from raceway.config.settings import load_settings
from raceway.inbox.exports import Export
from raceway.landing.aside import sweep_unheld
from raceway.landing.give_up import refuse
from raceway.landing.outcome import Outcome

T = TypeVar("T")

_MB: Final = 1_000_000
_GB: Final = 1_000_000_000


def land_watched(seat: Seat, home: Home, export: Export, *, as_of: dt.date | None = None) -> Outcome:
    """Lands one export in the worker of `seat`; gives its outcome, also where it was refused because of what it did to
    the worker.

    Raises what `land` raises, and PassingFault where the worker was stopped by a person or no worker can be had.
    """
    limits = load_settings(home).limits
    size = sum(file.bytes for file in export.files)
    bounds = bounds_of(limits, size)
    where = f"{export.account}/{export.files[0].path}".lstrip("/")
    for alone in (False, True):
        aside = uuid.uuid4().hex
        try:
            with _beside_others(home, alone):
                outcome: Outcome = seat.do(land_here, home, export, as_of, aside, bounds=bounds)
                return outcome
        except Ended as end:
            _sweep(home, aside)
            if end.is_from_outside and end.by != signal.SIGKILL:
                raise PassingFault(f"{where}: the process that worked at it was stopped; run it again") from end
            if end.is_from_outside and not alone:
                continue
            reason = f"{where}: {why(end, limits, bounds)}, then raceway retry"
        break
    refused: Outcome = seat.do(refuse_here, home, export, reason)
    return refused


def read_watched(home: Home, file: Path, function: Callable[..., T], *arguments: Any) -> T:
    """What `function`, which reads one file of a person's, gives, from a process of its own.

    Raises what it raises, and ExportRefused where the file ended that process, took too long or too much memory.
    """
    limits = load_settings(home).limits
    bounds = bounds_of(limits, file.stat().st_size if file.is_file() else 0)
    nursery = Nursery([])
    try:
        read: T = Seat(nursery).do(function, *arguments, bounds=bounds)
        return read
    except Ended as end:
        raise ExportRefused(f"{file}: {why(end, limits, bounds)}; nothing was written") from end
    finally:
        nursery.close()


def bounds_of(limits: Limits, size: int) -> Bounds:
    """How long reading so many bytes may take, and what it may hold."""
    return Bounds(limits.file_seconds + limits.seconds_per_mb * size / _MB, int(limits.memory_gb * _GB))


def why(end: Ended, limits: Limits, bounds: Bounds) -> str:
    """Why a file was given up, with the limit and what to do."""
    if end.how == "time":
        return (
            f"reading it took longer than the {bounds.seconds:,.0f} seconds that a file of its size may take "
            "(limits.file_seconds and limits.seconds_per_mb of raceway.toml), and was stopped; look at the file, or "
            "raise the limit"
        )
    if end.how == "memory":
        return (
            f"reading it took more than {limits.memory_gb:g} GB of memory (limits.memory_gb of raceway.toml), and was "
            "stopped; divide the export, or raise the limit"
        )
    if end.is_from_outside:
        return (
            f"the process that read it was killed ({end.words}), and again when nothing else was landing: the machine "
            "is short of memory for it; divide the export, or give the machine more"
        )
    return (
        f"reading it broke the process that read it ({end.words}): the file is damaged, or meets a fault of a library; "
        "save or export it anew in another form"
    )


def land_here(home: Home, export: Export, as_of: dt.date | None, aside: str) -> Outcome:
    """In a worker: `land`; what no reader foresaw of a file refuses it, too."""
    from duckdb import IOException

    from raceway.landing.land import land

    try:
        return land(home, export, as_of=as_of, aside=aside)
    except (RacewayFault, OSError, IOException, ImportError):
        raise
    except Exception as fault:
        return refuse(home, export, f"{export.files[0].path}: {_unforeseen(fault)}, then raceway retry")


def refuse_here(home: Home, export: Export, reason: str) -> Outcome:
    """In a worker: refuses an export that was given up."""
    return refuse(home, export, reason)


def _unforeseen(fault: Exception) -> str:
    from duckdb import OutOfMemoryException

    if isinstance(fault, MemoryError | OutOfMemoryException):
        return (
            "reading it took more memory or room on the disk than one file may have (limits.memory_gb and "
            "limits.unpacked_gb of raceway.toml); divide the export, or raise the limit"
        )
    said = " ".join(str(fault).split())[:200]
    return (
        f"it cannot be read ({type(fault).__name__}: {said}): the file is damaged, or meets a fault of the program; "
        "save or export it anew in another form"
    )


@contextmanager
def _beside_others(home: Home, alone: bool) -> Iterator[None]:
    """While an export is landed beside others of this home, or alone: who wants to be alone has the others wait.

    Two locks of the kernel: who waits to be alone holds the door, so that no newcomer passes by.
    """
    folder = home.landing / "_tmp"
    folder.mkdir(parents=True, exist_ok=True)
    door, room = (os.open(path, os.O_RDONLY | os.O_CLOEXEC) for path in (home.landing, folder))
    try:
        fcntl.flock(door, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        if not alone:
            fcntl.flock(door, fcntl.LOCK_UN)
        yield
    finally:
        os.close(room)
        os.close(door)


def _sweep(home: Home, aside: str) -> None:
    """Removes what a worker that has ended left aside: a bomb's worth of disk must not wait a day."""
    with suppress(FileNotFoundError):
        shutil.rmtree(home.landing / "_tmp" / aside)
    sweep_unheld(home.scratch)
