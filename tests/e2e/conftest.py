"""Two real nights on the sample inbox, shared by the tests that look at its result."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.common.home import Home
from raceway.contracts.files import source_names
from raceway.inbox.exports import Export, find_exports
from tests.e2e.bad_files import lay_bad_files, restate
from tests.support.command_line import Ran, raceway

END = "2026-06-30"
"""Last day of the sample world: fixed, so that the nights do not change with the calendar."""
AS_OF = "2026-07-01"


def rows(home: Path, sql: str, version: str = "current") -> list[tuple[Any, ...]]:
    """Rows of the published mart, or of a version of it."""
    with duckdb.connect(str(home / "published" / version / "race.duckdb"), read_only=True) as mart:
        return mart.execute(sql).fetchall()


def version(home: Path) -> str:
    return (home / "published" / "current").readlink().name


@dataclass(frozen=True)
class TwoNights:
    """A home after two nights, what each said, and what the first had published."""

    home: Path
    first: Ran
    first_version: str
    second: Ran


@pytest.fixture(scope="session")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> TwoNights:
    """A sample home after two runs. In the first a quarter of the exports was missing, and bad files came beside the rest.

    The others come late in the second, older and newer ones mixed, with copies of exports that had landed before, and
    with a day told right that was told wrong in the first. So what is published then is the truth of the sample.
    """
    home = tmp_path_factory.mktemp("night") / "home"
    made = raceway(home, "init")
    assert made.code == 0, made.err
    sample = raceway(home, "sample", "--scale", "0.25", "--end", END)
    assert sample.code == 0, sample.err
    chance = random.Random(3)
    exports = [export for source in source_names() for export in find_exports(Home(home), source)]
    # the day that is told wrong and then right lies between the two reports of that account
    movable = [export for export in exports if (export.source, export.account) != ("google_ads", "vn-main")]
    late = chance.sample(movable, len(exports) // 4)
    again = chance.sample([export for export in exports if export not in late], 12)
    aside = home.with_name("aside")
    for export in late:
        _carry(export, home / "inbox", aside, shutil.move)
    for export in again:
        _carry(export, home / "inbox", aside, shutil.copy2)
    lay_bad_files(home / "inbox")
    first = raceway(home, "run", "--as-of", AS_OF, "--strict", "--json")
    assert first.code == 3, first.out + first.err  # it refused files
    first_version = version(home)
    for export in [*late, *again]:
        _carry(export, aside, home / "inbox", shutil.move)
    restate(home)
    second = raceway(home, "run", "--as-of", AS_OF, "--json")
    assert second.code == 0, second.out + second.err
    return TwoNights(home, first, first_version, second)


@pytest.fixture(scope="session")
def sample_nights(two_nights: TwoNights) -> tuple[Path, Ran]:
    """The home and what the second night said. Tests that change the home take a copy from `night_copy`."""
    return two_nights.home, two_nights.second


def _carry(export: Export, from_inbox: Path, to_inbox: Path, how: Callable[[Path, Path], Any]) -> None:
    """Moves or copies the files of an export from one inbox to another, their times kept."""
    for file in export.files:
        place = Path(export.source, export.account, file.path)
        (to_inbox / place).parent.mkdir(parents=True, exist_ok=True)
        how(from_inbox / place, to_inbox / place)


@pytest.fixture
def night_copy(sample_nights: tuple[Path, Ran], tmp_path: Path) -> Callable[[], Path]:
    """A copy of the home after its nights, links and times kept."""

    def copy() -> Path:
        target = tmp_path / "home"
        shutil.copytree(sample_nights[0], target, symlinks=True)
        return target

    return copy
