"""The answers of dbt's tests as checks: a sentence each, and a file of the rows that break it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from raceway.build.claims import broken_rows, claim, key_columns, remedy, total_rows
from raceway.build.simple_tests import Answer
from raceway.common.home import Home
from raceway.history.broken_rows import BrokenRows, breaks, keep_rows, whole_sentence
from raceway.history.records import Check, Severity

_SEVERITIES: Final[dict[str, Severity]] = {"error": "critical", "warn": "warning"}


def checks_of(home: Home, run: Path, answers: Sequence[Answer]) -> list[Check]:
    """One check per answer, in their order; the rows go into `run`, the run's folder.

    Rows that cannot be read again (somebody has just opened the warehouse) are counted all the same.
    """
    broken = [answer for answer in answers if answer.failures and not answer.fault]
    rows: dict[str, tuple[BrokenRows, int | None]] = {}
    if broken:
        try:
            with duckdb.connect(str(home.warehouse), read_only=True) as connection:
                connection.execute("set timezone = 'UTC'")
                rows = {answer.test.name: _kept(connection, home, run, answer) for answer in broken}
        except duckdb.Error:
            rows = {}
    return [_check(answer, *rows.get(answer.test.name, (None, None))) for answer in answers]


def _kept(
    connection: duckdb.DuckDBPyConnection, home: Home, run: Path, answer: Answer
) -> tuple[BrokenRows, int | None]:
    """The rows that break a test, and how many its table has."""
    test = answer.test
    try:
        rows = keep_rows(connection, broken_rows(test), home, run, test.name, key_columns(test))
        total = total_rows(test)
        return rows, connection.execute(total).fetchall()[0][0] if total else None
    except duckdb.Error:  # the count that dbt gave must do
        return BrokenRows(answer.failures), None


def _check(answer: Answer, rows: BrokenRows | None, total: int | None) -> Check:
    """A test as a check; one that could not run is critical."""
    test, fault = answer.test, re.sub(r"\s+", " ", answer.fault).strip()
    passed = not answer.failures and not fault
    severity = "critical" if fault else _SEVERITIES[test.severity]
    if passed:
        return Check(test.name, "dbt_test", severity, True, test.subject, observed="no row breaks it",
                     expected=claim(test), message=f"{test.subject}: {claim(test)}")  # fmt: skip
    if fault:
        return Check(test.name, "dbt_test", severity, False, test.subject, observed=fault, expected=claim(test),
                     message=f"{test.subject}: the check {test.name} could not run: {fault}")  # fmt: skip
    rows = rows if rows is not None and rows.count else BrokenRows(answer.failures)
    found = breaks(rows.count, total, rows.examples)
    return Check(
        name=test.name,
        kind="dbt_test",
        severity=severity,
        passed=False,
        subject=test.subject,
        observed=found,
        expected=claim(test),
        message=whole_sentence(test.subject, claim(test), found, remedy(test), rows),
        remedy=remedy(test),
        broken_rows=rows.count,
        rows_file=rows.file,
    )
