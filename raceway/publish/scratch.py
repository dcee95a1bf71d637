"""A scratch home: a mart built beside the company's own from landing as it lies, to be compared and thrown away.

    scratch/<name>/warehouse.duckdb   runs/   sources -> ../../sources

Nothing is copied: the frozen tables name the files below the company's landing/. Its own warehouse, runs and published
versions are not touched, so nights go on meanwhile. What a kill left is cleared away by whoever comes next.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Final

from raceway.build.dbt_run import build_untested
from raceway.common.home import Home

SCRATCH: Final = "scratch"
EVERYTHING: Final = "fqn:*"
_RUN: Final = "scratch"


@contextmanager
def scratch_home(home: Home) -> Iterator[Home]:
    """A home for one rebuild; its folder goes afterwards."""
    place = home.root / SCRATCH
    place.mkdir(exist_ok=True, mode=0o700)
    folder = place / uuid.uuid4().hex
    with ExitStack() as held:
        with _locked(place):  # nobody clears away what is just being made
            _clear_leftovers(place)
            folder.mkdir(mode=0o700)
            held.enter_context(_locked(folder))
        (folder / "sources").symlink_to(home.sources)
        try:
            yield Home(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def build_all(scratch: Home, select: str = EVERYTHING) -> None:
    """Builds the models that `select` names from the frozen tables of a scratch home. Raises GateFailed."""
    _quieten_the_keeper()
    build_untested(scratch, _RUN, select)


def _quieten_the_keeper() -> None:
    """Starts the process that keeps dbt's locks without a terminal: it would complain there of locks that are left when
    this process ends at once."""
    said = os.dup(2)
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            resource_tracker.ensure_running()
        finally:
            os.dup2(said, 2)
            os.close(said)


def _clear_leftovers(place: Path) -> None:
    for folder in place.glob("*/"):
        with suppress(BlockingIOError), _locked(folder, fcntl.LOCK_NB):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path, how: int = 0) -> Iterator[None]:
    """Holds a folder alone; the kernel's lock ends with its process."""
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | how)
        yield
