"""What was checked and what ran: the records behind `check_history` and `run_history`.

Every check of raceway, whatever made it (a contract, an expectation, a dbt test, the freeze), speaks one
vocabulary of severity and becomes one `Check`. Checks of a landed batch lie beside the batch, since they
belong to it and not to a run (`checks.jsonl`); checks of a run lie in its folder:

    runs/<run_id>/run.json               the result: one RunRecord
    runs/<run_id>/checks/<name>.jsonl    one file per call of `record_checks`
    runs/<run_id>/broken/<check>.csv     the rows that break a check (raceway/history/broken_rows.py)

Files are written aside and renamed, and never changed afterwards but for run.json, which a later result
of the same run replaces as a whole. Checks of a run that begins anew are taken back (`forget_checks`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from raceway.common.faults import PermanentFault
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.masks import masked
from raceway.common.own_files import mended_by
from raceway.history.broken_rows import BROKEN

Severity = Literal["critical", "warning", "info"]
Kind = Literal["expectation", "dbt_test", "freeze", "landing", "reconcile"]
RunStatus = Literal["published", "skipped", "held", "refused", "failed"]

BATCH_CHECKS: Final = "checks.jsonl"
"""Beside a batch's data.parquet: its checks, one JSON object a line."""

COMPACTED: Final = "_compacted"
"""The folder in runs/ with copies of older records and checks."""

WORTHWHILE_RECORDS: Final = 50
_RECORDS: Final = "records-v1.jsonl"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at, and whether it held.

    `subject` is `source.table` for a batch and the model's name for the warehouse; `message` is the
    sentence for people, complete without the other fields. `checked_at` is UTC, None = the moment it is
    recorded.
    """

    name: str
    kind: Kind
    severity: Severity
    passed: bool
    subject: str
    batch_id: str | None = None
    observed: str = ""
    expected: str = ""
    message: str = ""
    checked_at: dt.datetime | None = None
    remedy: str = ""
    """What to do where it does not hold."""
    broken_rows: int | None = None
    """How many rows break it; None where it holds, and where it is not about rows."""
    rows_file: str = ""
    """Where these rows lie, below the home (see raceway/history/broken_rows.py); empty where there is no file."""

    @property
    def stops(self) -> bool:
        """Whether it refuses the batch, or stops publishing: failed and critical."""
        return not self.passed and self.severity == "critical"

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        values = dataclasses.asdict(self)
        values["checked_at"] = self.checked_at.isoformat() if self.checked_at else None
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Check:
        """The inverse of `to_dict`; unknown members (of a later version) are ignored."""
        known = {field.name: values[field.name] for field in dataclasses.fields(cls) if field.name in values}
        moment = known.get("checked_at")
        known["checked_at"] = dt.datetime.fromisoformat(moment) if moment else None
        return cls(**known)


@dataclass(frozen=True)
class RunRecord:
    """The result of one run of `race_mart`: one row of `run_history`. Times are UTC."""

    run_id: str
    as_of: dt.date
    started_at: dt.datetime
    finished_at: dt.datetime
    status: RunStatus
    program_version: str
    version: str | None = None
    """Published version folder; for a skipped or held run the one that stays."""
    fingerprint: str | None = None
    """Of effective set, settings, as_of and program: equal = nothing to do."""
    batches_landed: int = 0
    batches_refused: int = 0
    rows_landed: int = 0
    message: str = ""
    """Why it was refused, skipped, held or failed."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            name: value.isoformat() if isinstance(value, dt.date) else value
            for name, value in dataclasses.asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> RunRecord:
        """The inverse of `to_dict`; unknown members (of a later version) are ignored."""
        known = {field.name: values[field.name] for field in dataclasses.fields(cls) if field.name in values}
        known["as_of"] = dt.date.fromisoformat(known["as_of"])
        for name in ("started_at", "finished_at"):
            known[name] = dt.datetime.fromisoformat(known[name])
        return cls(**known)


def record_checks(home: Home, run_id: str, checks: Iterable[Check]) -> None:
    """Adds checks to a run. May be called often and from several processes at once."""
    lines = check_lines(checks)
    if lines:
        write_aside(_checks_folder(home, run_id) / f"{uuid.uuid4().hex}.jsonl", lines)


def forget_checks(home: Home, run_id: str) -> None:
    """Takes back the checks of a run that is about to begin anew, and the rows that broke them; nobody else may be at
    work on it."""
    for file in [*_checks_folder(home, run_id).glob("*.jsonl"), *(home.run_folder(run_id) / BROKEN).glob("*.csv")]:
        file.unlink()


def run_checks(home: Home, run_id: str) -> list[Check]:
    """The checks recorded for a run, by time and name; of a check that was made twice the later result."""
    made = [check for file in _checks_folder(home, run_id).glob("*.jsonl") for check in read_checks(file)]
    made.sort(key=lambda check: (check.checked_at or _EPOCH, check.subject, check.name))
    return list({(check.subject, check.name, check.batch_id): check for check in made}.values())


def record_run(home: Home, record: RunRecord) -> None:
    """Writes the result of a run; a later result of the same run replaces it."""
    write_aside(home.run(record.run_id) / "run.json", json.dumps(record.to_dict(), indent=2) + "\n")


def run_records(home: Home) -> list[RunRecord]:
    """The results of all runs, oldest first. Raises PermanentFault for a run.json that cannot be read."""
    records = [record for _, record in _read_records(home)[0]]
    return sorted(records, key=lambda record: (record.started_at, record.run_id))


def compact_records(home: Home, at_least: int = WORTHWHILE_RECORDS) -> int:
    """Copies every run.json into one file where `at_least` so many are not copied yet; gives their number or 0."""
    records, new = _read_records(home)
    if new < at_least:
        return 0
    lines = (json.dumps({"file": mark, "record": record.to_dict()}, ensure_ascii=False) for mark, record in records)
    write_aside(home.runs / COMPACTED / _RECORDS, "".join(f"{line}\n" for line in lines))
    return new


def _read_records(home: Home) -> tuple[list[tuple[list[Any], RunRecord]], int]:
    """Every run's record with the mark of its file, and how many were read from their own files.

    A run.json that a later result of its run replaced is another file: its copy does not count.
    """
    copied = _copied_records(home)
    records, new = [], 0
    for file in home.runs.glob("*/run.json"):
        stat = file.stat()
        mark = [file.parent.name, stat.st_ino, stat.st_mtime_ns, stat.st_size]
        known = copied.get(file.parent.name)
        if known is None or known["file"] != mark:
            new += 1
        try:
            text = known["record"] if known and known["file"] == mark else json.loads(file.read_text(encoding="utf-8"))
            records.append((mark, RunRecord.from_dict(text)))
        except (ValueError, KeyError, TypeError, AttributeError, IsADirectoryError) as fault:
            raise PermanentFault(
                f"{file}: no readable record of a run ({fault}); move the file away to go on without it"
            ) from fault
    return records, new


def _copied_records(home: Home) -> dict[str, dict[str, Any]]:
    """The copied records by run; none where there is no copy or it cannot be read, since it is only a copy."""
    try:
        text = (home.runs / COMPACTED / _RECORDS).read_text(encoding="utf-8")
        copied = [json.loads(line) for line in text.split("\n") if line]
        return {line["file"][0]: line for line in copied if RunRecord.from_dict(line["record"])}
    except (FileNotFoundError, IsADirectoryError, ValueError, KeyError, TypeError, IndexError):
        return {}


def check_lines(checks: Iterable[Check]) -> str:
    """Checks as JSON lines, what they quote masked; those without a time get the present one."""
    now = dt.datetime.now(tz=dt.UTC)
    told = (
        dataclasses.replace(
            check,
            checked_at=check.checked_at or now,
            message=masked(check.message),
            observed=masked(check.observed),
        )
        for check in checks
    )
    return "".join(json.dumps(check.to_dict(), ensure_ascii=False) + "\n" for check in told)


def read_checks(file: Path) -> list[Check]:
    """The checks of one file of JSON lines; none where it is missing."""
    if not file.exists():
        return []
    with mended_by(file, "take it away: only its lines of check_history are lost"):
        return [Check.from_dict(json.loads(line)) for line in file.read_text(encoding="utf-8").split("\n") if line]


def _checks_folder(home: Home, run_id: str) -> Path:
    return home.run_folder(run_id) / "checks"


_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
