"""quality/index.html of a published version: every check of the run and of the batches it is made of.

Great Expectations' own data docs load styles and scripts from a dozen outside hosts and print the paths of
the machine; an analyst's page must do neither, so raceway writes its own from `check_history`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from raceway.report.page import render

_ORDER: Final = ("critical", "warning", "info")


class _Row(NamedTuple):
    """One check as the page shows it."""

    subject: str
    batch_id: str | None
    name: str
    kind: str
    severity: str
    passed: bool
    expected: str
    observed: str
    message: str
    remedy: str | None
    rows_file: str | None

    @property
    def tone(self) -> str:
        """How the page colours it."""
        return _tone([self])

    @property
    def found(self) -> str:
        """What was observed, else why it failed."""
        return self.observed or ("" if self.passed else self.message)

    @property
    def failed_first(self) -> tuple[Any, ...]:
        """Failures first, the worst on top."""
        return (self.passed, _ORDER.index(self.severity), self.name)


class _Subject(NamedTuple):
    """A table or a batch with its checks: one foldable block, open where a check failed."""

    title: str
    checks: list[_Row]

    @property
    def failed(self) -> list[_Row]:
        return [check for check in self.checks if not check.passed]

    @property
    def passed(self) -> int:
        return len(self.checks) - len(self.failed)

    @property
    def tone(self) -> str:
        return _tone(self.failed)


def write_quality(connection: duckdb.DuckDBPyConnection, folder: Path, details: Mapping[str, Any]) -> None:
    """Writes the page from `race.check_history` into `folder`; `details` is the version's run.json."""
    rows = [
        _Row(*row)
        for row in connection.execute(
            """
            select subject, batch_id, name, kind, severity, passed, expected, observed, message,
                remedy, rows_file
            from race.check_history
            where run_id = ? or coalesce(run_id, '') = ''  -- what an earlier freeze said of a batch is over
                and batch_id in (select batch_id from race.batch_history where status <> 'superseded')
            order by batch_id is not null, subject, batch_id
            """,
            [details["run_id"]],
        ).fetchall()
    ]
    failed = [row for row in rows if not row.passed]
    folder.mkdir()
    html = render(
        "quality.html.j2",
        title=f"Checks of {details['version']}",
        language="en",
        details=details,
        checks=len(rows),
        failed=len(failed),
        tone=_tone(failed),
        run=_subjects(row for row in rows if row.batch_id is None),
        batches=_subjects(row for row in rows if row.batch_id is not None),
    )
    (folder / "index.html").write_text(html, encoding="utf-8")


def _subjects(rows: Iterable[_Row]) -> list[_Subject]:
    """The checks of each table or batch, failures first."""
    return [
        _Subject(f"{subject} · {batch}" if batch else subject, sorted(group, key=lambda row: row.failed_first))
        for (subject, batch), group in groupby(rows, key=lambda row: (row.subject, row.batch_id))
    ]


def _tone(rows: Iterable[_Row]) -> str:
    worst = {row.severity for row in rows if not row.passed}
    return "bad" if "critical" in worst else "warn" if worst else "good"
