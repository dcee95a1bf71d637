"""What a night says of itself, from what its DAG runs handed on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from raceway.config.init import init_home
from raceway.history.records import RunRecord, RunStatus, record_run
from raceway.night.airflow_runs import DagEnd, TaskEnd
from raceway.night.night_result import gather

AS_OF = dt.date(2026, 3, 2)
AT = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)


def landed(status: str = "landed", rows_refused: int = 0) -> dict[str, Any]:
    """What the landing of one export hands on."""
    return {
        "source": "google_ads", "account": "main", "status": status, "files": ["report.csv"], "batches": [],
        "rows_read": 4, "rows_landed": 4 - rows_refused, "rows_refused": rows_refused, "rows_furniture": 0,
        "reason": "why", "tables": {}, "seconds": 1.0,
    }  # fmt: skip


def exit_code(folder: Path, status: RunStatus, outcome: dict[str, Any] | None, strict: bool) -> int:
    """Of a night whose mart ended as `status`; an outcome that is missing broke off."""
    home = init_home(folder / "home")
    record_run(home, RunRecord("r1", AS_OF, AT, AT, status, "0"))
    state = "success" if outcome else "failed"
    handed_on = {("land", 0, "landed"): {"outcomes": [outcome], "faults": []}} if outcome else {}
    extract = DagEnd("extract_google_ads", "r1", state, (TaskEnd("land", 0, state, 1.0),), handed_on)
    mart = DagEnd("race_mart", "r1", "success", (), {})
    return gather(home, "r1", AS_OF, strict, [extract], mart, folder / "night.log", 2.0).exit_code


@pytest.mark.parametrize(
    ("status", "outcome", "strict", "code"),
    [
        ("published", landed(), True, 0),
        ("skipped", landed(), True, 0),
        ("published", landed("refused"), False, 0),
        ("published", landed("refused"), True, 3),
        ("skipped", landed("refused"), True, 3),
        ("published", landed(rows_refused=1), True, 0),  # the batch landed; the row lies in quarantine
        ("held", landed("refused"), True, 4),  # what a person holds is told before what was refused
        ("refused", landed("refused"), True, 1),
        ("failed", landed(), False, 2),
        ("published", None, False, 2),
    ],
)
def test_the_exit_code_says_the_worst_that_happened(
    tmp_path: Path, status: RunStatus, outcome: dict[str, Any] | None, strict: bool, code: int
) -> None:
    assert exit_code(tmp_path, status, outcome, strict) == code
