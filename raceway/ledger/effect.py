"""Whether a landed batch is what the mart is built from, as far as landing has to know it.

The freeze decides the effective set; landing only asks whether a file that comes again says what is in
effect already: then it is a sighting of that batch, and no new one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb

from raceway.common.sql import exactly, name, parquet_of, quoted
from raceway.ledger.data_file import note_marks
from raceway.ledger.ledger import BatchState, LedgerState


def in_effect(batch: BatchState, state: LedgerState) -> bool:
    """Whether an accepted batch is the newest one in every scope that it speaks for.

    Days are compared by the ledger, entities in their Parquet files; of events nothing is ever replaced.
    """
    if batch.scope_kind == "events":
        return True
    newer = [
        other
        for other in state.accepted(batch.source, batch.table, batch.account)
        if other.rank > batch.rank and other.is_filtered == batch.is_filtered
    ]
    if not newer:
        return True
    if batch.scope_kind == "days":
        days = set(batch.covered_days())
        return not any(days & set(other.covered_days()) for other in newer)
    if not all(one.path.is_file() for one in (batch, *newer)):
        return False  # nobody can tell: what comes again lands again
    with duckdb.connect() as connection:
        shared = connection.execute(
            f"select 1 from {parquet_of(batch.path)} as mine "
            f"semi join {parquet_of([other.path for other in newer])} as other using (_entity) limit 1"
        ).fetchone()
    return shared is None


def write_states(
    connection: duckdb.DuckDBPyConnection,
    data: Path,
    account: str,
    kept: Sequence[str],
    exported_at: dt.datetime,
    target: Path,
) -> None:
    """Writes the `kept` columns of a batch's rows per entity, with the moment of the export; one row per row that says
    something. `data` is the batch's Parquet file."""
    columns = ", ".join(name(column) for column in kept)
    said = " or ".join(f"{name(column)} is not null" for column in kept)
    at = f"timestamp '{exported_at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}'"
    connection.execute(
        f"copy (select {quoted(account)} as _account, _entity, {at} as exported_at, {columns} "
        f"from {parquet_of(data)} where {said} order by _entity, _row) to {quoted(str(target))} "
        "(format parquet, compression zstd)"
    )


def mend_states(batch: BatchState, kept: Sequence[str]) -> None:
    """Writes the states of a batch that are not there: what an export showed of its entities is what its rows say, and
    without it a change between two exports would count otherwise."""
    missing = [path for path in batch.state_paths() if not path.exists()]
    if not missing or not batch.path.is_file():
        return
    with duckdb.connect() as connection:
        landed = connection.execute(f"select name from parquet_schema({quoted(exactly(batch.path))})").fetchall()
        there = {column for (column,) in landed}
        kept = [column for column in kept if column in there]
        if not kept or not {"_entity", "_row"} <= there:
            return
        for exported_at in sorted(set(batch.sightings)):
            target = batch.state_path(exported_at)
            if target in missing:
                target.parent.mkdir(parents=True, exist_ok=True)
                aside = target.with_name(f".{target.name}.tmp")
                write_states(connection, batch.path, batch.account, kept, exported_at, aside)
                aside.rename(target)


def mend_entities(batches: Sequence[BatchState], keys: Sequence[str]) -> list[BatchState]:
    """Gives the rows of batches that landed under another key of their table the entities of `keys`; their own columns
    say them. Returns the batches that were written again.

    Under two keys one order would be two entities, none of which replaces the other: it would count twice.
    """
    if not keys:
        return []
    of_row = " || '|' || ".join(f"coalesce(cast({name(key)} as varchar), '')" for key in keys)
    mended = []
    with duckdb.connect() as connection:
        for batch in batches:
            landed = connection.execute(f"select name from parquet_schema({quoted(exactly(batch.path))})").fetchall()
            if not {"_entity", *keys} <= {column for (column,) in landed}:
                continue
            rows = parquet_of(batch.path)
            if connection.execute(f"select 1 from {rows} where _entity is distinct from {of_row} limit 1").fetchone():
                # what an export showed of its entities is written anew from the rows: see mend_states
                for path in batch.state_paths():
                    path.unlink(missing_ok=True)
                aside = batch.path.with_name(f".{batch.path.name}.tmp")
                connection.execute(
                    f"copy (select * replace ({of_row} as _entity) from {rows} order by _row) "
                    f"to {quoted(str(aside))} (format parquet, compression zstd)"
                )
                aside.rename(batch.path)
                note_marks(batch.path)
                mended.append(batch)
    return mended


def copy_states(known: Path, target: Path, exported_at: dt.datetime) -> None:
    """Writes the states of a batch again under the time of a later sighting of the same content."""
    at = exported_at.astimezone(dt.UTC)
    aside = target.with_name(f".{target.name}.tmp")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace (timestamp '{at:%Y-%m-%d %H:%M:%S.%f}' as exported_at) "
            f"from {parquet_of(known)}) to {quoted(str(aside))} (format parquet, compression zstd)"
        )
    aside.rename(target)
