"""The gate: Great Expectations over a landed batch, and over the mart before it is published.

GX runs inside DuckDB over Parquet; no table becomes Python objects. It is imported at the first check of a
process (about 8 s), and one context serves every check after that: a batch that breaks nothing then costs 0.02 s.
A failed check of severity critical refuses the batch, or stops publishing; the caller decides
(`Check.stops`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.own_files import read_own_json
from raceway.common.sql import parquet_of
from raceway.gate.broken import with_rows
from raceway.gate.engine import validate_batch
from raceway.gate.landing_suites import landing_suite
from raceway.history.broken_rows import whole_sentence
from raceway.history.records import BATCH_CHECKS, Check, check_lines

if TYPE_CHECKING:
    from raceway.config.accounts import Account
    from raceway.contracts.grammar import TableContract


def check_batch(
    home: Home, table: TableContract, parquet: Path, account: Account, exported_at: dt.datetime, as_of: dt.date
) -> list[Check]:
    """Checks a landed batch against its suite, and keeps the checks beside it (`checks.jsonl`).

    `parquet` is the data file in the batch's folder, which carries its id; `exported_at` has a zone. Returns
    every check, passed ones too.
    """
    export_day = exported_at.astimezone(account.zone).date()
    suite = landing_suite(table).to_dict()
    parameters = {
        "as_of": as_of.isoformat(),
        "export_day": export_day.isoformat(),
        # timestamps are UTC; a day's grace covers exports that print local times of other zones
        "export_end": (exported_at.astimezone(dt.UTC) + dt.timedelta(days=1)).replace(tzinfo=None).isoformat(),
    }
    rows = f"select * from {parquet_of(parquet)}"
    checks = [
        dataclasses.replace(check, batch_id=parquet.parent.name)
        for check in validate_batch(suite, rows, parameters, "_row")
    ]
    checks = with_rows(home, parquet.parent, suite, rows, parameters, checks, _remedies(parquet.parent.name))
    checks += _noticed(table, parquet.parent)
    write_aside(parquet.parent / BATCH_CHECKS, check_lines(checks))
    return checks


def _remedies(batch_id: str) -> dict[str, str]:
    """What to do about a batch that breaks an expectation, by severity, and by name where another thing is to do."""
    return {
        "critical": "the batch is not in effect: mend these rows at the source and export again, or take it as it is: "
        f"raceway accept {batch_id}",
        "warning": "the rows count as they stand; where they are wrong, mend them at the source and export again",
        "info": "nothing has to be done",
        "has_rows": "where there should be some, export again",
    }


NOTICED: Final[Mapping[str, tuple[str, str]]] = {
    "new_column": (
        "every column of the file is one that the contract knows",
        "its values are in no table and are kept aside; where they matter, add the column to its contract",
    ),
    "total_differs": (
        "the total that the file states is the sum of its rows",
        "the rows count as they are; export again, some may be missing",
    ),
    "not_landed": ("every row of the file lands", "where these rows matter, export them by themselves"),
    "other_kind": (
        "a cell is of the kind that the source writes",
        "where it matters, export it as the source's own export writes it",
    ),
    "file_time": (
        "the file's time can be one at which it was exported",
        "mend the file's time or name where it decides which export is the newest",
    ),
    "landed_again": (
        "the Parquet file of a batch stays as it was written",
        "nothing is lost: it has landed again from its raw files; look at the disk, and run raceway doctor --deep",
    ),
}
"""What landing looks at and lets pass: by name what it expects, and what to do where it is otherwise."""


_MEND: Final = "take the batch's folder away and give the file again: raceway retry"


def _noticed(table: TableContract, batch: Path) -> list[Check]:
    """What landing noticed and let pass (a new column, a total that differs from its rows), as warnings."""
    manifest = batch / "manifest.json"
    findings = read_own_json(manifest, _MEND).get("findings", []) if manifest.exists() else []
    noticed = [(finding, *NOTICED.get(finding["name"], ("", ""))) for finding in findings]
    return [
        Check(
            name=finding["name"],
            kind="landing",
            severity=finding["severity"],
            passed=False,
            subject=table.full_name,
            batch_id=batch.name,
            expected=expected,
            message=whole_sentence(table.full_name, finding["message"], remedy=remedy),
            remedy=remedy,
        )
        for finding, expected, remedy in noticed
    ]


# Great Expectations


# DuckDB


# against the published version
