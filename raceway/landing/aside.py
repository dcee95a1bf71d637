"""Folders aside of what readers see: one task at a time, made durable, swept when abandoned.

What holds raw rows in the clear (copies of files, members of archives, what DuckDB lays on the disk) lies in the
home's `scratch/`, which no backup takes; batches that are being written lie in `landing/_tmp`, beside where they go.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from raceway.common.files import make_durable

_ABANDONED: Final = 24 * 3600
"""Seconds after which a folder under landing/_tmp belongs to a run that was killed."""


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


@contextlib.contextmanager
def held(parent: Path) -> Iterator[Path]:
    """A new folder below `parent` that its owner alone may enter; it is removed at the end.

    It is held by a lock of the kernel, so that `sweep_unheld` knows what a killed process has left.
    """
    folder, handle = hold(parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def hold(parent: Path) -> tuple[Path, int]:
    """A folder as `held` makes it, and the handle that holds it: close that, and the folder may be swept."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        folder = parent / uuid.uuid4().hex
        folder.mkdir(mode=0o700)
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:  # swept before it was held
            continue
        fcntl.flock(handle, fcntl.LOCK_EX)
        if folder.exists():
            return folder, handle
        os.close(handle)


def sweep_unheld(parent: Path) -> None:
    """Removes the folders of `held` whose process has ended without doing so."""
    for left in parent.iterdir() if parent.is_dir() else ():
        try:
            handle = os.open(left, os.O_RDONLY)
        except FileNotFoundError:  # another process sweeps, too
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            pass  # at work
        finally:
            os.close(handle)


def sweep(folder: Path) -> None:
    """Removes what killed runs left aside; nothing reads it, and no landing takes a day."""
    for left in folder.iterdir() if folder.is_dir() else ():
        with contextlib.suppress(FileNotFoundError):  # another process may sweep the same folder
            if time.time() - left.stat().st_mtime > _ABANDONED:
                shutil.rmtree(left)
