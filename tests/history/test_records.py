"""Records of runs and checks, as their files keep them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from raceway.history.records import Check, record_checks, run_checks
from tests.support.mart_company import Company

MakeCheck = Callable[..., Check]


def test_a_check_survives_its_file() -> None:
    check = Check(
        "a", "expectation", "info", False, "s.t", "b1", "3 rows", "none", "s.t: ü\u2028 \"quoted\"",
        dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC),
    )  # fmt: skip

    assert Check.from_dict(check.to_dict() | {"of_a_later_version": 1}) == check


def test_checks_of_a_run_are_kept_with_lines_that_hold_any_letter(company: Company, failing: MakeCheck) -> None:
    record_checks(company.home, "night", [failing("info", "line\u2028separator \n and 'quotes'")])
    record_checks(company.home, "night", [])

    assert [check.message for check in run_checks(company.home, "night")] == ["line\u2028separator \n and 'quotes'"]


def test_of_a_check_that_is_made_again_the_later_result_counts(company: Company, failing: MakeCheck) -> None:
    def at(hour: int, passed: bool) -> Check:
        return Check("is_built", "dbt_test", "critical", passed, "race_kpi",
                     checked_at=dt.datetime(2026, 11, 22, hour, tzinfo=dt.UTC))  # fmt: skip

    record_checks(company.home, "night", [at(6, passed=True)])
    record_checks(company.home, "night", [at(5, passed=False)])

    assert [check.passed for check in run_checks(company.home, "night")] == [True]
