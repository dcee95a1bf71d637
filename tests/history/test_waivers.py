"""A check of the mart's gate that a person lets pass: one check, one run, with who and why."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.history.records import Check, Kind, RunRecord, RunStatus, record_checks, record_run
from raceway.history.waivers import apply_waivers, open_waivers, waivable, waive, waivers_of

AT = dt.datetime(2026, 3, 2, 22, 5, tzinfo=dt.UTC)


def failed(name: str = "values_are_kept", subject: str = "race_kpi", kind: Kind = "reconcile") -> Check:
    return Check(name, kind, "critical", False, subject, message=f"{subject}: {name} does not hold")


def run(home: Home, number: int, status: RunStatus, *checks: Check) -> None:
    at = AT + dt.timedelta(days=number)
    record_checks(home, f"night-{number}", checks)
    record_run(home, RunRecord(f"night-{number}", at.date(), at, at, status, "0.1.0"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    run(home, 1, "refused", failed(), failed("not_null_order_id", "fct_convert_order", "dbt_test"))
    return home


def test_a_waived_check_passes_as_a_warning_that_says_who_and_why(home: Home) -> None:
    waive(home, "values_are_kept", "the shop was closed in 2024", who="lan")
    [check] = apply_waivers(home, "night-2", [failed()])
    assert (check.severity, check.stops, check.passed) == ("warning", False, False)
    assert check.message == (
        "let pass once by lan (the shop was closed in 2024): race_kpi: values_are_kept does not hold"
    )
    assert [(used.check, used.refused_run) for used in waivers_of(home, "night-2")] == [("values_are_kept", "night-1")]


def test_it_holds_for_one_run_and_one_check(home: Home) -> None:
    waive(home, "race_kpi.values_are_kept", "looked at by hand", who="lan")
    others = [failed("parts_of_a_whole"), failed(subject="race_measure")]
    assert all(check.stops for check in apply_waivers(home, "night-2", others))
    # that run used it up, whether the check failed there or not; the same run may ask again
    assert not apply_waivers(home, "night-2", [failed()])[0].stops
    assert apply_waivers(home, "night-3", [failed()])[0].stops
    assert open_waivers(home) == []


def test_only_what_stopped_the_newest_run_can_be_waived(home: Home) -> None:
    assert [check.name for check in waivable(home)] == ["values_are_kept"]
    with pytest.raises(PermanentFault, match=r"to be waived: race_kpi\.values_are_kept"):
        waive(home, "one_as_of", "it is right")
    with pytest.raises(PermanentFault, match="A test of a model cannot be waived"):
        waive(home, "not_null_order_id", "it is right")
    with pytest.raises(PermanentFault, match="needs its reason"):
        waive(home, "values_are_kept", "  ")
    waive(home, "values_are_kept", "it is right")
    with pytest.raises(PermanentFault, match="is waived already"):
        waive(home, "values_are_kept", "it is right")
    run(home, 2, "published")
    with pytest.raises(PermanentFault, match="to be waived: none"):
        waive(home, "values_are_kept", "it is right")
