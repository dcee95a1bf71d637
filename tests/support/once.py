"""What costs long and is only looked at is built once in a run, whichever of its processes needs it first."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def once(folders: pytest.TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """The folder that `build` has filled, in this run of the tests: by this process or by another one.

    Who comes second waits until it is whole. It belongs to all: a test that changes something takes a copy. Where
    `build` fails, its test fails, and the next one to ask builds anew.
    """
    run = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # the folder of one of several processes; theirs is above it
        run = run.parent
    folder, whole = run / "once" / name, run / "once" / f"{name}.whole"
    folder.parent.mkdir(exist_ok=True)
    with (run / "once" / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            build(folder)
            whole.touch()
    return folder
