"""`run_history`, `batch_history` and `check_history` as tables, assembled when a version is published."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from raceway.history import BATCH_CHECKS, RunRecord, run_records
from raceway.home import Home
from raceway.ledger import BatchState, FileState, Ledger, LedgerState

HISTORY_TABLES: Final = ("run_history", "batch_history", "check_history")

_UTC: Final = pa.timestamp("us")
_RUNS: Final = pa.schema(
    {
        "run_id": pa.string(),
        "as_of": pa.date32(),
        "started_at": _UTC,
        "finished_at": _UTC,
        "status": pa.string(),
        "version": pa.string(),
        "fingerprint": pa.string(),
        "batches_landed": pa.int64(),
        "batches_refused": pa.int64(),
        "rows_landed": pa.int64(),
        "message": pa.string(),
        "program_version": pa.string(),
    }
)
_BATCHES: Final = pa.schema(
    {
        "batch_id": pa.string(),
        "source": pa.string(),
        "table_name": pa.string(),
        "account": pa.string(),
        "files": pa.string(),
        "exported_at": _UTC,
        "covers_from": pa.date32(),
        "covers_to": pa.date32(),
        "status": pa.string(),
        "rows_read": pa.int64(),
        "rows_landed": pa.int64(),
        "rows_refused": pa.int64(),
        "rows_furniture": pa.int64(),
        "replaces": pa.string(),
        "replaced_by": pa.string(),
        "reason": pa.string(),
        "landed_at": _UTC,
        "decided_at": _UTC,
        "decided_by": pa.string(),
    }
)
_CHECK_COLUMNS: Final = (
    "{name: 'varchar', kind: 'varchar', severity: 'varchar', passed: 'boolean', subject: 'varchar',"
    " batch_id: 'varchar', observed: 'varchar', expected: 'varchar', message: 'varchar', checked_at: 'timestamptz'}"
)
_DESCRIPTIONS: Final = {
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
    _create(connection, "run_history", _RUNS, (_run_row(run) for run in runs))
    _create(connection, "batch_history", _BATCHES, _batch_rows(Ledger(home).state(), in_effect, snapshots, pending))
    _create_check_history(connection, home)
    for name, description in _DESCRIPTIONS.items():
        connection.execute(f"comment on table race.{name} is '{description}'")


@dataclass(frozen=True)
class Landed:
    """How much landed, as a RunRecord counts it: refused are batches and whole files."""

    batches_landed: int
    batches_refused: int
    rows_landed: int


def landed_since_last_publish(home: Home) -> Landed:
    """What landed since the last published run began; everything before the first."""
    published = [record.started_at for record in run_records(home) if record.status == "published"]
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
    row = {name: getattr(record, name) for name in _RUNS.names}
    return row | {"started_at": _naive(record.started_at), "finished_at": _naive(record.finished_at)}


# batches


def _in_effect(connection: duckdb.DuckDBPyConnection) -> tuple[set[str], set[tuple[str, str]]]:
    """The frozen batches, and the (source, table) whose exports are whole snapshots (one empty scope)."""
    batches = connection.execute("select batch_id from warehouse.frozen.batches").fetchall()
    snapshots = connection.execute(
        "select distinct source, table_name from warehouse.frozen.scopes where scope = ''"
    ).fetchall()
    return {batch for (batch,) in batches}, {(source, table) for source, table in snapshots}


def _batch_rows(
    state: LedgerState, in_effect: set[str], snapshots: set[tuple[str, str]], pending: Mapping[str, str]
) -> list[dict[str, Any]]:
    replaces, replaced_by = _replacements(state.batches.values(), snapshots)
    rows = [
        _batch_row(batch, in_effect, pending) | {
            "replaces": replaces.get(batch.batch_id, ""), "replaced_by": replaced_by.get(batch.batch_id, "")
        }
        for batch in state.batches.values()
    ]  # fmt: skip
    rows += [_file_row(file) for file in state.files.values() if _has_own_row(file)]
    return rows


def _batch_row(batch: BatchState, in_effect: set[str], pending: Mapping[str, str]) -> dict[str, Any]:
    manifest = batch.manifest
    status, reason = _status(batch, in_effect, pending)
    return {
        "batch_id": batch.batch_id,
        "source": batch.source,
        "table_name": batch.table,
        "account": batch.account,
        "files": ", ".join(file["path"] for file in manifest["files"]),
        "exported_at": _naive(batch.exported_at),
        "covers_from": batch.covers_from,
        "covers_to": batch.covers_to,
        "status": status,
        "rows_read": manifest["rows_read"],
        "rows_landed": manifest["rows_landed"],
        "rows_refused": manifest["rows_refused"],
        "rows_furniture": manifest["rows_furniture"],
        "reason": reason,
        "landed_at": _naive(batch.landed_at),
        "decided_at": _naive(batch.decided_at),
        "decided_by": batch.who,
    }


def _status(batch: BatchState, in_effect: set[str], pending: Mapping[str, str]) -> tuple[str, str]:
    """A batch's status in this version, and the sentence that says why."""
    if batch.status == "landed":
        return "pending", "landed and not yet decided; the next run of its source decides"
    if batch.status != "accepted":
        return batch.status, batch.reason
    if batch.batch_id in pending:
        return "pending", pending[batch.batch_id]
    if batch.batch_id not in in_effect:
        return "superseded", batch.reason
    return "accepted", batch.reason


def _replacements(
    batches: Iterable[BatchState], snapshots: set[tuple[str, str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Who replaced whom, in words: for each batch what it took from earlier ones, and who took from it.

    Days and whole snapshots are told; single entities (an order exported again) are everyday and are not.
    """
    by_scope: dict[tuple[str, str, str, str], list[BatchState]] = defaultdict(list)
    # the freeze's order: a filtered export never takes a scope from one that is not
    for batch in sorted(batches, key=lambda batch: (not batch.is_filtered, batch.exported_at, batch.content_hash)):
        if not batch.is_accepted:
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
    return dict.fromkeys(_BATCHES.names) | {
        "batch_id": None if refused else file.batches[-1],
        "source": file.source,
        "account": file.account,
        "files": file.path,
        "status": file.status,
        "reason": file.reason or ("" if refused else f"equal to {file.batches[-1]}, which is in effect"),
        "decided_at": _naive(file.when),
        "replaces": "",
        "replaced_by": "",
        "decided_by": "",
    }


# checks


def _create_check_history(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    of_runs = sorted(home.runs.glob("*/checks/*.jsonl"))
    of_batches = sorted(home.landing.glob(f"*/*/*/{BATCH_CHECKS}"))
    columns = "checked_at, name, kind, severity, passed, subject, batch_id, observed, expected, message"
    parts = [
        f"select parse_path(filename)[-3] as run_id, {columns} from {_read_checks(of_runs)}" if of_runs else "",
        f"select null::varchar, {columns} from {_read_checks(of_batches)}" if of_batches else "",
    ]
    select = " union all ".join(part for part in parts if part)
    connection.execute(
        "create table race.check_history (run_id varchar, checked_at timestamp, name varchar, kind varchar,"
        " severity varchar, passed boolean, subject varchar, batch_id varchar, observed varchar, expected varchar,"
        " message varchar)"
    )
    if select:
        connection.execute(f"insert into race.check_history {select}")


def _read_checks(files: list[Path]) -> str:
    listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return f"read_json([{listed}], format = 'newline_delimited', columns = {_CHECK_COLUMNS}, filename = true)"


# DuckDB


def _create(
    connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, rows: Iterable[Mapping[str, Any]]
) -> None:
    connection.register("rows_to_write", pa.Table.from_pylist(list(rows), schema=schema))
    connection.execute(f"create table race.{name} as select * from rows_to_write order by all")
    connection.unregister("rows_to_write")


def _naive(moment: dt.datetime | None) -> dt.datetime | None:
    """A moment as UTC without a zone, the way tables hold it."""
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment else None
