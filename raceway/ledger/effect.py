"""Whether a landed batch is what the mart is built from, as far as landing has to know it.

The freeze decides the effective set; landing only asks whether a file that comes again says what is in
effect already: then it is a sighting of that batch, and no new one.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from raceway.common.sql import quoted
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
    with duckdb.connect() as connection:
        shared = connection.execute(
            "select 1 from read_parquet($1) as mine semi join read_parquet($2) as other using (_entity) limit 1",
            [str(batch.path), [str(other.path) for other in newer]],
        ).fetchone()
    return shared is None


def copy_states(known: Path, target: Path, exported_at: dt.datetime) -> None:
    """Writes the states of a batch again under the time of a later sighting of the same content."""
    at = exported_at.astimezone(dt.UTC)
    aside = target.with_name(f".{target.name}.tmp")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace (timestamp '{at:%Y-%m-%d %H:%M:%S.%f}' as exported_at) "
            f"from read_parquet($1)) to {quoted(str(aside))} (format parquet, compression zstd)",
            [str(known)],
        )
    aside.rename(target)
