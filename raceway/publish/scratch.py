"""A scratch home: a mart built beside the company's own from landing as it lies, to be compared and thrown away.

    scratch/<name>/warehouse.duckdb   runs/   sources -> ../../sources

Nothing is copied: the frozen tables name the files below the company's landing/. Its own warehouse, runs and published
versions are not touched, so nights go on meanwhile. What a kill left is cleared away by whoever comes next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from raceway.build.dbt_run import build_untested
from raceway.common.home import Home
from raceway.landing.aside import held, sweep_unheld

EVERYTHING: Final = "fqn:*"
_RUN: Final = "scratch"


@contextmanager
def scratch_home(home: Home) -> Iterator[Home]:
    """A home for one rebuild; its folder goes afterwards."""
    sweep_unheld(home.scratch)
    with held(home.scratch) as folder:
        (folder / "sources").symlink_to(home.sources)
        yield Home(folder)


def build_all(scratch: Home, select: str = EVERYTHING) -> None:
    """Builds the models that `select` names from the frozen tables of a scratch home. Raises GateFailed."""
    build_untested(scratch, _RUN, select)
