"""One whole sample and one small one, each written once in a run; nobody changes them."""

from __future__ import annotations

import datetime as dt
import pickle
from dataclasses import dataclass
from pathlib import Path

import pytest

from raceway.common.home import Home
from raceway.sample.write import SampleSummary, write_sample
from tests.support.once import once

LAST = dt.date(2026, 11, 21)


@dataclass(frozen=True)
class Written:
    """A sample home and what was said about it."""

    home: Home
    summary: SampleSummary

    def file(self, pattern: str) -> Path:
        """The first file of the inbox that fits."""
        return sorted(self.home.inbox.glob(pattern))[0]


def write(root: Path, days: int, scale: float, seed: int = 7) -> Written:
    home = Home(root)
    return Written(home, write_sample(home, days=days, scale=scale, seed=seed, end=LAST))


def _written_once(folders: pytest.TempPathFactory, name: str, days: int, scale: float) -> Written:
    """A sample, written by the first process of the run that needs it."""

    def build(folder: Path) -> None:
        (folder / "summary").write_bytes(pickle.dumps(write(folder / "home", days, scale).summary))

    folder = once(folders, name, build)
    return Written(Home(folder / "home"), pickle.loads((folder / "summary").read_bytes()))


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The sample that `raceway sample` writes by default."""
    return _written_once(tmp_path_factory, "sample", days=90, scale=1.0)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A small world, for questions of form."""
    return _written_once(tmp_path_factory, "small_sample", days=42, scale=0.06)
