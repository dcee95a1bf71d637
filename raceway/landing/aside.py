"""Folders aside of what readers see: one task at a time, made durable, swept when abandoned."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from raceway.common.files import make_durable

_ABANDONED: Final = 24 * 3600
"""Seconds after which a folder under landing/_tmp belongs to a run that was killed."""


def spill_of(pid: int) -> str:
    """How the folders begin into which a process lays aside what its memory does not hold."""
    return f"duckdb-{platform.node()}-{pid}"


@contextlib.contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Holds a batch that two tasks may land at once: equal files under two names, or one file seen twice.

    The lock is the kernel's, on a folder that goes with it; a killed task leaves at most an empty folder.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # its last holder has just removed it
            continue
        fcntl.flock(handle, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(folder.stat(), os.fstat(handle)):
                break
        os.close(handle)  # removed while this task waited for it
    try:
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()
        os.close(handle)


def make_all_durable(folder: Path) -> None:
    """Makes a folder and its files durable before they are made visible."""
    for path in [*folder.iterdir(), folder]:
        make_durable(path)


def sweep(folder: Path) -> None:
    """Removes what killed runs left aside; nothing reads it, and no landing takes a day."""
    for left in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # another process may sweep the same folder
            if time.time() - left.stat().st_mtime > _ABANDONED:
                shutil.rmtree(left)
