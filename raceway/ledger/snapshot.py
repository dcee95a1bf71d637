"""A snapshot's fold, read back as a state: columns of Parquet files to values, and no event parsed."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.garbage import without_garbage_collection
from raceway.common.home import Home
from raceway.common.moments import moment
from raceway.common.sql import parquet_of
from raceway.ledger.events import BATCHES, FILES, KEPT, Snapshot, reading
from raceway.ledger.fold import note_refused
from raceway.ledger.states import BatchState, FileState, Heads, LedgerState

_MOMENT: Final = dt.datetime.fromisoformat
"""What `utc_text` wrote; without a call in between, since there are hundreds of thousands."""


def read_state(home: Home, snapshot: Snapshot) -> LedgerState:
    """The state to which the events of a snapshot fold. Raises duckdb.IOException where it has just gone."""
    with reading() as connection, ThreadPoolExecutor(1) as pool, without_garbage_collection():
        of_files = pool.submit(
            _columns, connection.cursor(), snapshot.folder / FILES,
            "path", "source", "account", "sha256", "status", "reason", "put_at", "kept_at",
            "case when len(batches) = 1 then batches[1] else cast(to_json(batches) as varchar) end",
        )  # fmt: skip  # meanwhile: a core more, and half of the time
        (ids, source, table, account, status, exported, content, landed_by, several, reason, who, decided, landed,
         level) = (
            _columns(
                connection, snapshot.folder / BATCHES,
                "batch_id", "source", "table_name", "account", "status", "exported_at", "content_hash", "landed_by",
                "case when len(sightings) > 1 then array_to_string(sightings, ',') else '' end", "reason", "who",
                "coalesce(decided_at, '')", "coalesce(landed_at, '')", "if(begins_level, '1', '')",
            )
        )  # fmt: skip
        exported_at = list(map(_MOMENT, exported))
        sightings = [
            list(map(_MOMENT, more.split(","))) if more else [only]
            for more, only in zip(several, exported_at, strict=True)
        ]
        states = map(
            BatchState, repeat(home), ids, source, table, account, status, exported_at, content, landed_by,
            repeat(Heads(home.ledger)), sightings, reason, who, _moments(decided), _moments(landed), map(bool, level),
        )  # fmt: skip
        state = LedgerState(dict(zip(ids, states, strict=True)))
        path, source, account, sha256, status, reason, put_at, kept_at, of = of_files.result()
        known = [json.loads(batches) if batches.startswith("[") else [batches] for batches in of]
        files = map(FileState, path, source, account, sha256, status, reason, map(_MOMENT, put_at), kept_at, known)
        state.files = dict(zip(zip(source, account, path, strict=True), files, strict=True))
        for key, file in state.files.items():
            if file.status == "refused":
                note_refused(state, key, file.batches)
    return state


def read_put_away(snapshots: tuple[Snapshot, ...]) -> dict[str, dt.datetime]:
    """When the snapshots' events last put away each file and refused rows, by path below the home."""
    if not snapshots:
        return {}
    with reading() as connection:
        rows = connection.execute(
            f"select path, max(since) from {parquet_of([one.folder / KEPT for one in snapshots])} group by path"
        ).fetchall()
    return {path: moment(since) for path, since in rows}


def _columns(connection: duckdb.DuckDBPyConnection, path: Path, *columns: str) -> list[list[Any]]:
    """Columns of texts as lists, in the order of the rows (the connection has one thread).

    Each travels as one long text that is cut again: that takes a third of the time of as many rows. A column in
    which a text is null or holds the mark between texts comes row by row.
    """
    mark = chr(30)
    joined = ", ".join(f"string_agg({column}, chr(30))" for column in columns)
    [(rows, *texts)] = connection.execute(f"select count(*), {joined} from {parquet_of(path)}").fetchall()
    lists: list[list[Any]] = [text.split(mark) if text is not None else [] for text in texts]
    for place, column in enumerate(columns):
        if len(lists[place]) != rows:
            found = connection.execute(f"select {column} from {parquet_of(path)}").fetchall()
            lists[place] = [value for (value,) in found]
    return lists


def _moments(texts: list[str]) -> list[dt.datetime | None]:
    return [_MOMENT(text) if text else None for text in texts]
