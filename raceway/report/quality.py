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

from raceway.report.page import Markup, page, table, tag, text

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

    @property
    def failed_first(self) -> tuple[Any, ...]:
        """Failures first, the worst on top."""
        return (self.passed, _ORDER.index(self.severity), self.name)


def write_quality(connection: duckdb.DuckDBPyConnection, folder: Path, details: Mapping[str, Any]) -> None:
    """Writes the page from `race.check_history` into `folder`; `details` is the version's run.json."""
    rows = [
        _Row(*row)
        for row in connection.execute(
            """
            select subject, batch_id, name, kind, severity, passed, expected, observed, message
            from race.check_history
            where run_id = ? or batch_id in (select batch_id from race.batch_history where status <> 'superseded')
            order by batch_id is not null, subject, batch_id
            """,
            [details["run_id"]],
        ).fetchall()
    ]
    failed = [row for row in rows if not row.passed]
    folder.mkdir()
    (folder / "index.html").write_text(
        page(
            f"Checks of {details['version']}",
            "en",
            tag("h1", text("Checks")),
            tag("p", text(f"as of {details['as_of']} · version {details['version']}"), class_="soft"),
            tag("p", text(f"{len(rows)} checks, {len(failed)} failed."), class_="banner " + _tone(failed)),
            tag("h2", text("The run")),
            *_subjects(row for row in rows if row.batch_id is None),
            tag("h2", text("Landed batches")),
            *_subjects(row for row in rows if row.batch_id is not None),
        ),
        encoding="utf-8",
    )


def _subjects(rows: Iterable[_Row]) -> list[Markup]:
    """One foldable table per table or batch; those with failures are open."""
    blocks = []
    for (subject, batch), group in groupby(rows, key=lambda row: (row.subject, row.batch_id)):
        checks = sorted(group, key=lambda row: row.failed_first)
        failed = [check for check in checks if not check.passed]
        title = f"{subject} · {batch}" if batch else subject
        blocks.append(
            tag(
                "details",
                tag(
                    "summary",
                    tag("strong", text(title)),
                    text(f" — {len(checks) - len(failed)} of {len(checks)} passed"),
                    class_=_tone(failed),
                ),
                table(
                    ["Result", "Severity", "Check", "Expected", "Found"],
                    [
                        [
                            tag("span", text("passed" if check.passed else "failed"), class_=_tone([check])),
                            text(check.severity),
                            text(check.name),
                            text(check.expected),
                            text(check.observed or ("" if check.passed else check.message)),
                        ]
                        for check in checks
                    ],
                ),
                **({"open": "open"} if failed else {}),
            )
        )
    return blocks or [tag("p", text("None."), class_="soft")]


def _tone(rows: Iterable[_Row]) -> str:
    worst = {row.severity for row in rows if not row.passed}
    return "bad" if "critical" in worst else "warn" if worst else "good"
