"""No spoilt file crashes, hangs or lands something else than it holds: 250 of them here.

`make test-all` runs 2,000 and `make fuzz` 50,000. A fault names file, mutation and number, and comes again with the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from raceway.common.home import Home
from raceway.contracts.files import source_names
from tests.fuzz.mutations import NAMES
from tests.fuzz.spoilt_files import Bench, Fixture, fixtures, sample_to_spoil, spoilt
from tests.support.length import SPOILT_FILES
from tests.support.once import once

OF_A_SOURCE = -(-SPOILT_FILES // len(source_names()))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, list[Fixture]]]:
    home = Home(once(tmp_path_factory, "fuzz", sample_to_spoil))
    return home, fixtures(home)


def test_the_sample_holds_files_of_every_source(sample: tuple[Home, dict[str, list[Fixture]]]) -> None:
    assert set(sample[1]) == set(source_names())


def test_files_are_spoilt_in_every_way(sample: tuple[Home, dict[str, list[Fixture]]]) -> None:
    found = {kind for files in sample[1].values() for _, kind in spoilt(files, OF_A_SOURCE)}
    assert found == set(NAMES)


@pytest.mark.parametrize("source", source_names())
def test_spoilt_files_are_refused_with_a_sentence_or_land_as_they_read(
    source: str, sample: tuple[Home, dict[str, list[Fixture]]], tmp_path: Path, record_property: Callable[..., None]
) -> None:
    home, found = sample
    tally = Bench(home, tmp_path, source).run(found[source], OF_A_SOURCE)
    record_property(
        "spoilt_files", vars(tally) | {"held": dict(tally.held), "unheld": dict(tally.unheld), "faults": None}
    )
    assert not tally.faults, "\n".join(tally.faults[:20])
    assert tally.landed > 0, "a mutation that always refuses the file shows nothing"
