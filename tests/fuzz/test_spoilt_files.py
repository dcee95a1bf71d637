"""No spoilt file crashes, hangs or lands something else than it holds: at least 2,000 of them here.

`make fuzz` runs 50,000. A fault names file, mutation and number, and comes again with the same ones.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from raceway.common.home import Home
from raceway.contracts.files import source_names
from raceway.sample.write import write_sample
from tests.fuzz.spoilt_files import Bench, Fixture, fixtures

FILES = int(os.environ.get("RACEWAY_FUZZ", "2000"))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, list[Fixture]]]:
    home = Home(tmp_path_factory.mktemp("fuzz") / "home")
    write_sample(home, days=28, scale=0.05, end=dt.date(2026, 3, 8))
    return home, fixtures(home)


def test_the_sample_holds_files_of_every_source(sample: tuple[Home, dict[str, list[Fixture]]]) -> None:
    assert set(sample[1]) == set(source_names())


@pytest.mark.parametrize("source", source_names())
def test_spoilt_files_are_refused_with_a_sentence_or_land_as_they_read(
    source: str, sample: tuple[Home, dict[str, list[Fixture]]], tmp_path: Path, record_property: Callable[..., None]
) -> None:
    home, found = sample
    tally = Bench(home, tmp_path, source).run(found[source], -(-FILES // len(source_names())))
    record_property(
        "spoilt_files", vars(tally) | {"held": dict(tally.held), "unheld": dict(tally.unheld), "faults": None}
    )
    assert not tally.faults, "\n".join(tally.faults[:20])
    assert tally.landed > 0, "a mutation that always refuses the file shows nothing"
