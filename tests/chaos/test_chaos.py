"""Faults of which `make chaos` strikes many: a dozen, on a home of one account."""

from __future__ import annotations

import datetime as dt

import pytest

from raceway.common.home import Home
from tests.chaos.faults import Fault
from tests.chaos.ground import Ground
from tests.chaos.run import step_faults, summary
from tests.support.small_company import AS_OF, REPORT, put, small_company

RECOVERED = (
    "data_first:cut", "data_middle:deleted", "manifest:garbage", "warehouse:garbage", "kill:land:5",
    "kill:freeze:5", "full:1024", "read:cut:1",
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
    return next(fault for fault in step_faults(ground) if fault.name == name)


@pytest.mark.parametrize("name", RECOVERED)
def test_the_next_night_ends_as_the_undisturbed_one(ground: Ground, name: str) -> None:
    line = ground.strike(named(ground, name))
    assert (line["outcome"], line["wrong"], line["hit"], line["traceback"]) == ("recovered", False, True, "")


@pytest.mark.parametrize("name", STOPPED)
def test_what_cannot_be_mended_stops_with_a_sentence_and_loses_nothing(ground: Ground, name: str) -> None:
    line = ground.strike(named(ground, name))
    assert (line["outcome"], line["wrong"], line["traceback"]) == ("stopped_with_sentence", False, "")
    assert summary([line])["rows_lost"] == 0


def test_a_second_run_is_told_who_is_at_work(ground: Ground) -> None:
    line = ground.strike(named(ground, "two_runs:land:0.5"))
    assert (line["outcome"], line["wrong"], line["hit"], line["traceback"]) == ("recovered", False, True, "")
    assert "another run is at work here" in line["sentence"]


def test_a_clock_that_was_set_back_stops_the_night_before_a_file_is_dated_anew(ground: Ground) -> None:
    line = ground.strike(named(ground, "clock:back:2_years"))
    assert (line["outcome"], line["wrong"], line["traceback"]) == ("recovered", False, "")
    assert "the clock was set back" in line["sentence"]
