"""The same files, told otherwise and landed in any order, give the same mart.

The relation is held where it is decided: every model reads landed files through one macro, which gives the rows of the
frozen effective set, and beside them only what the freeze writes (settings, lists, covered days). Equal effective rows
and covered days are therefore an equal mart; the long form holds one whole mart against another as well. Rows are the
golden week's, whose every number was worked out by hand, and one file of each kind that the sample writes. `make test`
sees 40 random homes of up to 4 exports, the long form 1,000.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.contracts.load import load_contract
from raceway.inbox.exports import find_exports
from tests.fuzz.spoilt_files import fixtures, sample_to_spoil
from tests.golden.golden_week import lay_out
from tests.relations import told
from tests.relations.homes import File, Rows, deliver, difference, effective, inbox_of, land_all
from tests.support.length import ALL
from tests.support.once import once

HOMES = 1000 if ALL else 40
AS_OF = dt.date(2026, 3, 10)


@dataclass
class World:
    """An empty home, and the exports that its sources may have."""

    empty: Path
    exports: dict[str, list[list[told.Read]]]
    """By source: the files of each export."""
    landed: dict[tuple[str, tuple[int, ...]], Rows] = field(default_factory=dict)
    """What some exports of a source are as they were written."""


def _world(empty: Path, filled: Home, scratch: Path) -> World:
    exports: dict[str, list[list[told.Read]]] = {}
    scratch.mkdir()
    for source in sorted(path.name for path in filled.inbox.iterdir() if path.is_dir() and any(path.rglob("*.*"))):
        files = {(file.account, file.path): file for file in inbox_of(filled, source)}
        contract = load_contract(source, filled)
        exports[source] = [
            [
                told.read(files[export.account, file.path], contract, scratch, len(export.files) == 1)
                for file in export.files
            ]
            for export in find_exports(filled, source)
        ]
    return World(empty, exports)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[World]:
    root = tmp_path_factory.mktemp("relations")
    golden = lay_out(root / "golden")
    sample = Home(once(tmp_path_factory, "fuzz", sample_to_spoil))
    shortened = _without_inbox(sample, root / "shortened")
    for source, files in fixtures(sample).items():
        for number, file in enumerate(files):
            at = int(dt.datetime(2026, 3, 9, 3, 0, number, tzinfo=dt.UTC).timestamp())
            deliver(shortened, [File(source, file.account, file.name, file.data, at)])
    return [
        _world(_without_inbox(home, root / f"empty {number}").root, home, root / f"scratch {number}")
        for number, home in enumerate((golden, shortened))
    ]


def _without_inbox(home: Home, root: Path) -> Home:
    """A home of the same company, with nothing in it."""
    empty = init_home(root)
    for path in home.root.iterdir():
        if path.is_file():
            shutil.copyfile(path, root / path.name)
    shutil.copyfile(home.hash_key, empty.hash_key)
    return empty


@pytest.fixture(scope="module")
def told_ways() -> Counter[str]:
    """How many files were told in each way."""
    return Counter()


@settings(
    max_examples=HOMES, deadline=None, database=None, derandomize=not ALL,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate],
)  # fmt: skip
@given(st.data())
def test_the_same_files_told_otherwise_are_the_same_rows(
    data: st.DataObject, worlds: list[World], told_ways: Counter[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = data.draw(st.sampled_from(worlds))
    source = data.draw(st.sampled_from(sorted(world.exports)))
    exports = world.exports[source]
    chosen = tuple(sorted(data.draw(st.sets(st.integers(0, len(exports) - 1), min_size=1, max_size=4))))
    luck = data.draw(st.randoms(use_true_random=False))
    files: list[File] = []
    how: list[str] = []
    for number in chosen:
        for one in exports[number]:
            ways = luck.sample(told.TELLINGS, len(told.TELLINGS))
            way, said = next(((way, said) for way in ways if (said := way(one, luck))), (None, None))
            told_ways[way.__name__ if way else "as it was"] += 1
            how.append(f"{one.file.place}: {way.__name__ if way else 'as it was'}")
            files += said or [one.file]
    if (source, chosen) not in world.landed:
        written = [one.file for number in chosen for one in exports[number]]
        world.landed[source, chosen] = _rows(world, source, written, None, tmp_path_factory)[0]
    rows, outcomes = _rows(world, source, files, luck, tmp_path_factory)
    refused = [outcome.reason for outcome in outcomes if outcome.status == "refused"]
    assert not difference(world.landed[source, chosen], rows), "\n".join(
        [*how, *refused, difference(world.landed[source, chosen], rows)]
    )


def _rows(
    world: World, source: str, files: list[File], luck: random.Random | None, folders: pytest.TempPathFactory
) -> tuple[Rows, list]:
    root = folders.mktemp("home")
    shutil.copytree(world.empty, root, dirs_exist_ok=True)
    home = Home(root)
    deliver(home, files)
    outcomes = land_all(home, [source], AS_OF, luck)
    rows = effective(home, AS_OF)
    shutil.rmtree(root)
    return rows, outcomes
