"""Faults of which `make chaos` strikes many: a dozen, on a home of one account."""

from __future__ import annotations

import datetime as dt

import pytest

from raceway.common.home import Home
from tests.chaos.faults import Fault, full_disks, kills
from tests.chaos.faults import damage as damages
from tests.chaos.run import Ground, summary
from tests.support.small_company import AS_OF, REPORT, put, small_company

RECOVERED = (
    "data_first:cut", "data_middle:deleted", "data_last:empty", "manifest:garbage", "warehouse:garbage",
    "key_fingerprint:empty", "lock:deleted", "checks_copy:cut",
)  # fmt: skip
STOPPED = ("event_middle:foreign_kind", "accounts:utf16")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    root = tmp_path_factory.mktemp("chaos")
    home: Home = small_company(root / "base")
    for day in range(1, 9):
        report = REPORT.replace("60000", f"{day}0000").replace("510000", f"{450000 + day * 10000}")
        put(home, f"report-{day}.csv", report, dt.datetime(2026, 3, 2, day, tzinfo=dt.UTC))
    return Ground(root, home, AS_OF)


def named(ground: Ground, name: str) -> Fault:
    return next(fault for fault in [*damages(ground.home), *kills(4), *full_disks()] if fault.name == name)


@pytest.mark.parametrize("name", [*RECOVERED, "kill:1", "full:1024"])
def test_the_next_night_ends_as_the_undisturbed_one(ground: Ground, name: str) -> None:
    line = ground.strike(named(ground, name))
    assert (line["outcome"], line["wrong"], line["hit"], line["traceback"]) == ("recovered", False, True, "")


@pytest.mark.parametrize("name", STOPPED)
def test_what_cannot_be_mended_stops_with_a_sentence_and_loses_nothing(ground: Ground, name: str) -> None:
    line = ground.strike(named(ground, name))
    assert (line["outcome"], line["wrong"], line["traceback"]) == ("stopped_with_sentence", False, "")
    assert summary([line])["rows_lost"] == 0
