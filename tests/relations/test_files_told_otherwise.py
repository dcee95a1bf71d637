"""The same files, told otherwise and landed in any order, give the same mart.

The relation is held where it is decided: every model reads landed files through one macro, which gives the rows of the
frozen effective set, and beside them only what the freeze writes (settings, lists, covered days). Equal effective rows
and covered days are therefore an equal mart, and both are compared here; the long form of test_the_mart holds one whole
mart against another as well. Only of a file told in parts no part need cover the days between them. Rows are the golden
week's, whose every number was worked out by hand, and one file of each kind that the sample writes. `make test`
sees 20 random homes of up to 4 exports, the long form 1,000.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from raceway.common.home import Home
from raceway.landing.outcome import Outcome
from tests.fuzz.spoilt_files import fixtures, sample_to_spoil
from tests.golden.golden_week import lay_out
from tests.relations import told
from tests.relations.homes import File, Rows, deliver, difference, effective, inbox_of, land_all, without_inbox
from tests.relations.told import World, world
from tests.support.length import ALL
from tests.support.once import once

HOMES = 1000 if ALL else 20
AS_OF = dt.date(2026, 3, 10)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> list[World]:
    root = tmp_path_factory.mktemp("relations")
    golden = lay_out(root / "golden")
    sample = Home(once(tmp_path_factory, "fuzz", sample_to_spoil))
    shortened = without_inbox(sample, root / "shortened")
    for source, files in fixtures(sample).items():
        for number, file in enumerate(files):
            at = int(dt.datetime(2026, 3, 9, 3, 0, number, tzinfo=dt.UTC).timestamp())
            deliver(shortened, [File(source, file.account, file.name, file.data, at)])
    return [
        world(_with_rates_alone(home, rates, root / f"empty {number}").root, home, root / f"scratch {number}")
        for number, (home, rates) in enumerate(((golden, golden), (shortened, sample)))
    ]


def _with_rates_alone(home: Home, rates: Home, root: Path) -> Home:
    """A home of the same company in which nothing but rates has landed: without them no foreign amount is in effect."""
    empty = without_inbox(home, root)
    deliver(empty, [file for file in inbox_of(rates, "plan") if "fx_rates" in file.path])
    assert {outcome.status for outcome in land_all(empty, ["plan"], AS_OF)} == {"landed"}
    return empty


@settings(
    max_examples=HOMES, deadline=None, database=None, derandomize=not ALL,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate],
)  # fmt: skip
@given(data=st.data())
def test_the_same_files_told_otherwise_are_the_same_rows(
    data: st.DataObject, worlds: list[World], tmp_path_factory: pytest.TempPathFactory
) -> None:
    of = data.draw(st.sampled_from(worlds))
    source = data.draw(st.sampled_from(sorted(of.exports)))
    exports = of.exports[source]
    chosen = tuple(sorted(data.draw(st.sets(st.integers(0, len(exports) - 1), min_size=1, max_size=4))))
    luck = random.Random(data.draw(st.integers(0, 2**32)))
    files: list[File] = []
    how: list[str] = []
    in_parts = False
    for number in chosen:
        for one in exports[number]:
            ways = luck.sample(told.TELLINGS, len(told.TELLINGS))
            way, said = next(((way, said) for way in ways if (said := way(one, luck))), (None, None))
            how.append(f"{one.file.place}: {way.__name__ if way else 'as it was'}")
            files += said or [one.file]
            in_parts = in_parts or way is told.split
    if (source, chosen) not in of.landed:
        written = [one.file for number in chosen for one in exports[number]]
        of.landed[source, chosen] = _rows(of, source, written, None, tmp_path_factory)[0]
    rows, outcomes = _rows(of, source, files, luck, tmp_path_factory)
    refused = [outcome.reason for outcome in outcomes if outcome.status == "refused"]
    apart = difference(of.landed[source, chosen], rows, in_parts)
    assert not apart, "\n".join([*how, *refused, apart])


def _rows(
    of: World, source: str, files: list[File], luck: random.Random | None, folders: pytest.TempPathFactory
) -> tuple[Rows, list[Outcome]]:
    root = folders.mktemp("home")
    shutil.copytree(of.empty, root, dirs_exist_ok=True)
    home = Home(root)
    deliver(home, files)
    outcomes = land_all(home, [source], AS_OF, luck)
    rows = effective(home, AS_OF)
    shutil.rmtree(root)
    return rows, outcomes
