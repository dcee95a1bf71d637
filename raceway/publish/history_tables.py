"""`run_history`, `batch_history` and `check_history` as tables, assembled when a version is published."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import duckdb
import pyarrow as pa

from raceway.common.home import Home
from raceway.common.moments import naive
from raceway.common.sql import quoted
from raceway.history.compacted import CHECK_COLUMNS, gather_checks
from raceway.history.holds import Hold, holds
from raceway.history.records import RunRecord, run_records
from raceway.ledger.ledger import BatchState, FileState, Ledger, LedgerState
from raceway.publish.excluded import excluded_rows

HISTORY_TABLES: Final = ("run_history", "batch_history", "check_history")

_TEXT, _COUNT, _DAY, _UTC = pa.string(), pa.int64(), pa.date32(), pa.timestamp("us")

_Columns = dict[str, tuple[pa.DataType, str]]
"""Type and description by column."""

_RUNS: Final[_Columns] = {
    "run_id": (_TEXT, "The run; names its folder under runs/."),
    "as_of": (_DAY, "The business day for which the mart was built; it was not over."),
    "started_at": (_UTC, "When the run began (UTC)."),
    "finished_at": (_UTC, "When it ended (UTC)."),
    "status": (
        _TEXT,
        "published, skipped (nothing new), held (passed, not published), refused (by the gate), failed (could not "
        "run); rolled_back and released are decisions of a person.",
    ),
    "version": (
        _TEXT,
        "The published version; of a skipped or held run the one that stayed, of a rollback its target.",
    ),
    "fingerprint": (_TEXT, "Hash of all that the mart depends on; equal fingerprints give equal marts."),
    "batches_landed": (_COUNT, "Batches that landed since the version before was published (count)."),
    "batches_refused": (_COUNT, "Batches and whole files refused since then (count)."),
    "rows_landed": (_COUNT, "Rows of the landed batches (count)."),
    "message": (_TEXT, "Why it was skipped, held, refused or failed; of a decision who made it, and why."),
    "program_version": (_TEXT, "Version of raceway."),
}
_BATCHES: Final[_Columns] = {
    "batch_id": (_TEXT, "The batch; empty for a file that was refused whole and became none."),
    "source": (_TEXT, "The system that exported it."),
    "table_name": (_TEXT, "The landed table; empty for a file that became no batch of its own."),
    "account": (_TEXT, "The source's account."),
    "files": (_TEXT, "Inbox paths of its files, below the account's folder."),
    "exported_at": (_UTC, "When it was exported, the latest sighting (UTC); the newer export wins a scope."),
    "covers_from": (_DAY, "First day that it covers."),
    "covers_to": (_DAY, "Last day that it covers."),
    "status": (_TEXT, "accepted (in effect), superseded, pending, refused, rejected (by a person) or duplicate."),
    "rows_read": (_COUNT, "Rows of the files (count): landed + refused + furniture."),
    "rows_landed": (_COUNT, "Rows that landed (count)."),
    "rows_refused": (_COUNT, "Rows that could not be read; they lie in quarantine/ with their reasons (count)."),
    "rows_furniture": (_COUNT, "Titles, totals and the like (count)."),
    "rows_excluded": (_COUNT, "Landed rows that exclusions.csv leaves out of facts (count); empty if not in effect."),
    "replaces": (_TEXT, "Days, or everything, that it took from older batches."),
    "replaced_by": (_TEXT, "Days, or everything, that newer batches took from it."),
    "reason": (_TEXT, "Why it is refused, rejected, pending or a duplicate, or why a person accepted it."),
    "landed_at": (_UTC, "When it landed (UTC)."),
    "decided_at": (_UTC, "When its status was decided (UTC)."),
    "decided_by": (_TEXT, "gate, or the person who accepted or rejected it; empty for a refusal."),
}
_CHECKS: Final[_Columns] = {
    "run_id": (_TEXT, "The run that made it; empty for a check of a batch as it landed."),
    "checked_at": (_UTC, "When it was made (UTC)."),
    "name": (_TEXT, "Name of the check, unique within its subject."),
    "kind": (_TEXT, "expectation, dbt_test, freeze, landing or reconcile."),
    "severity": (_TEXT, "critical (refuses the batch, or stops publishing), warning or info."),
    "passed": (pa.bool_(), "Whether it held."),
    "subject": (_TEXT, "source.table of a batch, or the model."),
    "batch_id": (_TEXT, "The batch that was checked; empty for a check of the warehouse."),
    "observed": (_TEXT, "What was found."),
    "expected": (_TEXT, "What was expected."),
    "message": (_TEXT, "The whole as a sentence."),
    "remedy": (_TEXT, "What to do where it does not hold; empty where it holds."),
    "broken_rows": (_COUNT, "Rows that break it (count); empty where it holds, and where it is not about rows."),
    "rows_file": (_TEXT, "File of these rows, below the home; empty where there is none."),
}
HISTORY_COLUMNS: Final = {"run_history": _RUNS, "batch_history": _BATCHES, "check_history": _CHECKS}
"""Type and description of each column, by table."""
HISTORY_DESCRIPTIONS: Final = {
    "run_history": "One row per run of the nightly build: when, from what, and how it ended. Times are UTC.",
    "batch_history": "One row per landed batch, per refused file and per duplicate: what it covers, what became of it"
    " and what it replaced. Times are UTC.",
    "check_history": "One row per check of a run (run_id) or of a landed batch (batch_id). Times are UTC.",
}


def write_history_tables(
    connection: duckdb.DuckDBPyConnection, home: Home, record: RunRecord, pending: Mapping[str, str]
) -> None:
    """Creates the three tables in the attached database `race`.

    `record` is this run as it will stand once published; `pending` gives by batch id why the freeze left an
    accepted batch out. Needs the warehouse attached as `warehouse`, for what is in effect.
    """
    runs = [*(known for known in run_records(home) if known.run_id != record.run_id), record]
    in_effect, snapshots = _in_effect(connection)
    excluded = excluded_rows(connection, home)
    decided = (row for hold in holds(home) for row in _decision_rows(hold))
    _create(connection, "run_history", _RUNS, [*(_run_row(run) for run in runs), *decided])
    _create(
        connection,
        "batch_history",
        _BATCHES,
        _batch_rows(Ledger(home).state(), in_effect, snapshots, pending, excluded),
    )
    _create_check_history(connection, home)
    for name, columns in HISTORY_COLUMNS.items():
        connection.execute(f"comment on table race.{name} is {quoted(HISTORY_DESCRIPTIONS[name])}")
        for column, (_, description) in columns.items():
            connection.execute(f"comment on column race.{name}.{column} is {quoted(description)}")


@dataclass(frozen=True)
class Landed:
    """How much landed, as a RunRecord counts it: refused are batches and whole files."""

    batches_landed: int
    batches_refused: int
    rows_landed: int


def landed_since_last_publish(home: Home) -> Landed:
    """What landed since the last version was published; everything before the first."""
    published = [record.finished_at for record in run_records(home) if record.status == "published"]
    since = published[-1] if published else None
    state = Ledger(home).state()
    landed = [batch for batch in state.batches.values() if _after(batch.landed_at, since)]
    refused_files = [file for file in state.files.values() if file.status == "refused" and _after(file.when, since)]
    return Landed(
        batches_landed=sum(batch.status != "refused" for batch in landed),
        batches_refused=sum(batch.status == "refused" for batch in landed)
        + sum(not file.batches for file in refused_files),
        rows_landed=sum(batch.rows_landed for batch in landed if batch.status != "refused"),
    )


def _after(moment: dt.datetime | None, since: dt.datetime | None) -> bool:
    return moment is not None and (since is None or moment > since)


def _run_row(record: RunRecord) -> dict[str, Any]:
    row = {name: getattr(record, name) for name in _RUNS}
    return row | {"started_at": naive(record.started_at), "finished_at": naive(record.finished_at)}


def _decision_rows(hold: Hold) -> list[dict[str, Any]]:
    """A person's decision to go back, and the one to publish again, as rows beside the runs."""
    said = [("rolled_back", hold.since, f"back from {hold.rolled_back_from}, by {hold.who}: {hold.why}")]
    if hold.released_at is not None:
        said.append(("released", hold.released_at, f"by {hold.released_by}: {hold.released_why}"))
    return [
        dict.fromkeys(_RUNS)
        | {"run_id": f"{status}-{at:%Y%m%dT%H%M%S%f}Z", "as_of": hold.as_of, "started_at": naive(at)}
        | {"finished_at": naive(at), "status": status, "version": hold.version, "message": message}
        | {"batches_landed": 0, "batches_refused": 0, "rows_landed": 0}
        for status, at, message in said
    ]


# batches


def _in_effect(connection: duckdb.DuckDBPyConnection) -> tuple[set[str], set[tuple[str, str]]]:
    """The frozen batches, and the (source, table) whose exports are whole snapshots (one empty scope)."""
    batches = connection.execute("select batch_id from warehouse.frozen.batches").fetchall()
    snapshots = connection.execute(
        "select distinct source, table_name from warehouse.frozen.scopes where scope = ''"
    ).fetchall()
    return {batch for (batch,) in batches}, {(source, table) for source, table in snapshots}


def _batch_rows(
    state: LedgerState,
    in_effect: set[str],
    snapshots: set[tuple[str, str]],
    pending: Mapping[str, str],
    excluded: Mapping[str, int],
) -> list[dict[str, Any]]:
    replaces, replaced_by = _replacements(state.batches.values(), snapshots, pending)
    rows = []
    for batch in state.batches.values():
        row = _batch_row(batch, in_effect, pending) | {"rows_excluded": excluded.get(batch.batch_id)}
        by = replaced_by.get(batch.batch_id) or ("everything by newer exports" if row["status"] == "superseded" else "")
        rows.append(row | {"replaces": replaces.get(batch.batch_id, ""), "replaced_by": by})
    rows += [_file_row(file) for file in state.files.values() if _has_own_row(file)]
    return rows


def _batch_row(batch: BatchState, in_effect: set[str], pending: Mapping[str, str]) -> dict[str, Any]:
    head = batch.head
    status, reason = _status(batch, in_effect, pending)
    return {
        "batch_id": batch.batch_id,
        "source": batch.source,
        "table_name": batch.table,
        "account": batch.account,
        "files": ", ".join(file["path"] for file in batch.files),
        "exported_at": naive(batch.exported_at),
        "covers_from": batch.covers_from,
        "covers_to": batch.covers_to,
        "status": status,
        "rows_read": head["rows_read"],
        "rows_landed": head["rows_landed"],
        "rows_refused": head["rows_refused"],
        "rows_furniture": head["rows_furniture"],
        "reason": reason,
        "landed_at": naive(batch.landed_at),
        "decided_at": naive(batch.decided_at),
        "decided_by": batch.who,
    }


def _status(batch: BatchState, in_effect: set[str], pending: Mapping[str, str]) -> tuple[str, str]:
    """A batch's status in this version, and the sentence that says why."""
    if batch.status == "landed":
        return "pending", "landed and not yet decided; the next run of its source decides"
    if batch.status == "replaced":
        return "superseded", batch.reason
    if batch.status != "accepted":
        return batch.status, batch.reason
    if batch.batch_id in pending:
        return "pending", pending[batch.batch_id]
    if batch.batch_id not in in_effect:
        return "superseded", batch.reason
    return "accepted", batch.reason


def _replacements(
    batches: Iterable[BatchState], snapshots: set[tuple[str, str]], pending: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Who replaced whom, in words: for each batch what it took from earlier ones, and who took from it.

    Days and whole snapshots are told; single entities (an order exported again) are everyday and are not.
    """
    by_scope: dict[tuple[str, str, str, str], list[BatchState]] = defaultdict(list)
    # the freeze's order: a filtered export never takes a scope from one that is not
    for batch in sorted(batches, key=lambda batch: (not batch.is_filtered, *batch.rank)):
        if not batch.is_accepted or batch.batch_id in pending:
            continue
        scopes = (
            [day.isoformat() for day in batch.covered_days()] if batch.scope_kind == "days"
            else [""] if (batch.source, batch.table) in snapshots
            else []
        )  # fmt: skip
        for scope in scopes:
            by_scope[batch.source, batch.table, batch.account, scope].append(batch)
    taken: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (*_, scope), rivals in by_scope.items():
        for older, newer in pairwise(rivals):
            taken[older.batch_id, newer.batch_id].append(scope)
    replaces: dict[str, list[str]] = defaultdict(list)
    replaced_by: dict[str, list[str]] = defaultdict(list)
    for (older_id, newer_id), lost in sorted(taken.items()):
        replaces[newer_id].append(f"{_scopes(lost)} of {older_id}")
        replaced_by[older_id].append(f"{_scopes(lost)} by {newer_id}")
    return (
        {batch: "; ".join(parts) for batch, parts in replaces.items()},
        {batch: "; ".join(parts) for batch, parts in replaced_by.items()},
    )


def _scopes(scopes: list[str]) -> str:
    if scopes == [""]:
        return "everything"
    first, last = min(scopes), max(scopes)
    if len(scopes) == 1:
        return f"1 day ({first})"
    return f"{len(scopes)} days ({first} to {last})"


def _has_own_row(file: FileState) -> bool:
    """Files that became no batch of their own: refused whole, or equal to what is in effect."""
    return file.status == "duplicate" or (file.status == "refused" and not file.batches)


def _file_row(file: FileState) -> dict[str, Any]:
    refused = file.status == "refused"
    return dict.fromkeys(_BATCHES) | {
        "batch_id": None if refused else file.batches[-1],
        "source": file.source,
        "account": file.account,
        "files": file.path,
        "status": file.status,
        "reason": file.reason or ("" if refused else f"equal to {file.batches[-1]}, which is in effect"),
        "decided_at": naive(file.when),
        "replaces": "",
        "replaced_by": "",
        "decided_by": "",
    }


# checks


def _create_check_history(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    gather_checks(connection, home)
    connection.execute(
        "create table race.check_history (run_id varchar, checked_at timestamp, name varchar, kind varchar,"
        " severity varchar, passed boolean, subject varchar, batch_id varchar, observed varchar, expected varchar,"
        " message varchar, remedy varchar, broken_rows bigint, rows_file varchar)"
    )
    connection.execute(
        f"insert into race.check_history by name select run_id, {CHECK_COLUMNS} from kept_check where name is not null"
    )
    connection.execute("drop table kept_check")


# DuckDB


def _create(
    connection: duckdb.DuckDBPyConnection, name: str, columns: _Columns, rows: Iterable[Mapping[str, Any]]
) -> None:
    schema = pa.schema({column: kind for column, (kind, _) in columns.items()})
    connection.register("rows_to_write", pa.Table.from_pylist(list(rows), schema=schema))
    connection.execute(f"create table race.{name} as select * from rows_to_write order by all")
    connection.unregister("rows_to_write")
