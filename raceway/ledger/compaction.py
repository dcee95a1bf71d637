"""Compacting: the events of a ledger go into one snapshot, with the state they fold to.

    read all events and fold ─► write a snapshot aside, synced ─► rename it into `_compacted/`
        ─► remove the loose events it covers ─► remove the snapshots it replaces

A kill after any step leaves a ledger that folds to the same state: until the rename nothing has changed, after it
what is left over is covered, and an event counts once wherever it lies. Events that others append meanwhile stay
loose. Two compactions at once: the second leaves it to the first; where a file system knows no locks both finish,
since each removes only what its own snapshot covers.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.moments import utc_text
from raceway.common.sql import parquet_of, quoted
from raceway.ledger.events import (
    ABOUT,
    BATCHES,
    EVENTS,
    FILES,
    FORMAT_VERSION,
    GUARD,
    KEPT,
    SNAPSHOTS,
    Snapshot,
    event_of,
    loose_text,
    put_away_by,
)
from raceway.ledger.fold import FOLD_VERSION
from raceway.ledger.ledger import Folded, Ledger, Listing, uncovered
from raceway.ledger.states import LedgerState

WORTHWHILE: Final = 300
"""Loose events from which compacting pays: reading them takes longer than reading a snapshot."""


def compact(home: Home, at_least: int = WORTHWHILE) -> int:
    """Moves the loose events of a ledger into its snapshot where there are `at_least` so many; gives their number.

    Fewer are moved too where an event came late, another snapshot is left over or the fold has changed, since then
    every new process folds all events anew. Gives 0 where nothing was to do or another process compacts. Raises
    PermanentFault as `Ledger.state` does, and changes nothing then.
    """
    ledger = Ledger(home)
    if not ledger.folder.is_dir():
        return 0
    place = ledger.folder / SNAPSHOTS
    place.mkdir(exist_ok=True)
    with _alone(place) as is_alone:
        if not is_alone:
            return 0
        for left in place.glob(".aside-*"):
            _discard(left)
        folded = ledger.folded()
        beside = uncovered(folded.listing)
        if len(beside) < at_least and not _is_costly(folded.listing, beside):
            _remove(ledger.folder, folded.listing.loose - beside, ())  # a kill left them
            return 0
        try:
            _write(ledger, folded, beside)
        except (FileNotFoundError, duckdb.IOException):
            if folded.listing == ledger.folded().listing:
                raise
            return 0  # a compaction on another machine was faster, where the lock is not seen
        return len(beside)


def _is_costly(listing: Listing, beside: frozenset[str]) -> bool:
    """Whether reading the ledger costs more than it should, however few events are loose."""
    if not listing.snapshots:
        return False
    first = listing.snapshots[0]
    return (
        len(listing.snapshots) > 1
        or first.fold_version != FOLD_VERSION
        or any(event_id < first.newest for event_id in beside)
    )


def _write(ledger: Ledger, folded: Folded, beside: frozenset[str]) -> None:
    """Writes the snapshot of a fold, shows it, and removes what it covers."""
    listing = folded.listing
    place = ledger.folder / SNAPSHOTS
    aside = place / f".aside-{secrets.token_hex(8)}"
    aside.mkdir()
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        events = _write_events(connection, aside, ledger.folder, listing, beside)
        _write_state(connection, aside, folded.state)
    newest = folded.newest
    about = {"format_version": FORMAT_VERSION, "fold_version": FOLD_VERSION, "events": events, "newest": newest}
    (aside / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    for path in [*aside.iterdir(), aside]:
        _sync(path)
    if not (ledger.folder / GUARD).exists():
        write_aside(ledger.folder / GUARD, json.dumps({"format_version": FORMAT_VERSION}) + "\n")
    aside.rename(place / f"{newest}.{secrets.token_hex(4)}")
    for folder in (place, ledger.folder):
        _sync(folder)
    _remove(ledger.folder, listing.loose, listing.snapshots)


def _remove(folder: Path, loose: frozenset[str], replaced: tuple[Snapshot, ...]) -> None:
    """Removes loose events and snapshots that a snapshot in its place covers."""
    for event_id in loose:
        (folder / f"{event_id}.json").unlink(missing_ok=True)
    for snapshot in replaced:
        _discard(snapshot.folder)


def _discard(folder: Path) -> None:
    """Removes a folder, renamed first: a reader finds it whole or not at all, and a compaction on another machine that
    has just written it shows it whole or not at all."""
    gone = folder.with_name(f".aside-{secrets.token_hex(8)}")
    try:
        folder.rename(gone)
    except FileNotFoundError:  # another compaction has shown, replaced or removed it
        return
    shutil.rmtree(gone, ignore_errors=True)  # what is left is removed the next time


# what a snapshot holds


def _write_events(
    connection: duckdb.DuckDBPyConnection, aside: Path, folder: Path, listing: Listing, beside: frozenset[str]
) -> int:
    """Every event as it was written, in order, and what the events put away; gives the number of events.

    Raises RuntimeError where the file does not hold as many events as it must: nothing is removed then.
    """
    loose = {event_id: loose_text(folder, event_id) for event_id in sorted(beside & listing.loose)}
    put_away = [pair for event_id, text in loose.items() for pair in put_away_by(event_of(text, event_id))]
    connection.register(
        "loose", pa.table({"event_id": _texts(loose), "text": _texts(text.decode() for text in loose.values())})
    )
    connection.register(
        "put_away",
        pa.table({"path": _texts(path for path, _ in put_away), "since": _moments(at for _, at in put_away)}),
    )
    places = [snapshot.folder for snapshot in listing.snapshots]
    events = _union(places, EVENTS, "loose")
    if _is_costly(listing, beside):  # else each is there once, and the loose ones are the newest
        events = f"select distinct on (event_id) event_id, text from ({events}) order by event_id"
    _copy(connection, events, aside / EVENTS)
    _copy(
        connection,
        f"select path, max(since) as since from ({_union(places, KEPT, 'put_away')}) group by path order by path",
        aside / KEPT,
    )
    [(holds,)] = connection.execute(f"select count(*) from {parquet_of(aside / EVENTS)}").fetchall()
    must = len(beside) + (listing.snapshots[0].events if listing.snapshots else 0)
    if holds != must:
        raise RuntimeError(f"{aside}: holds {holds} events of {must}; the ledger is left as it was")
    return must


def _write_state(connection: duckdb.DuckDBPyConnection, aside: Path, state: LedgerState) -> None:
    """Batches and files in the order of the state."""
    batches, files = state.batches.values(), state.files.values()
    connection.register("batches", pa.table({
        "batch_id": _texts(b.batch_id for b in batches),
        "source": _texts(b.source for b in batches),
        "table_name": _texts(b.table for b in batches),
        "account": _texts(b.account for b in batches),
        "status": _texts(b.status for b in batches),
        "exported_at": _moments(b.exported_at for b in batches),
        "content_hash": _texts(b.content_hash for b in batches),
        "landed_by": _texts(b.landed_by for b in batches),
        "head": _texts(b.head_text() for b in batches),
        "sightings": pa.array([[utc_text(s) for s in b.sightings] for b in batches], pa.list_(pa.string())),
        "reason": _texts(b.reason for b in batches),
        "who": _texts(b.who for b in batches),
        "decided_at": _moments(b.decided_at for b in batches),
        "landed_at": _moments(b.landed_at for b in batches),
        "begins_level": pa.array([b.begins_level for b in batches], type=pa.bool_()),
    }))  # fmt: skip
    connection.register("files", pa.table({
        "path": _texts(f.path for f in files),
        "source": _texts(f.source for f in files),
        "account": _texts(f.account for f in files),
        "sha256": _texts(f.sha256 for f in files),
        "status": _texts(f.status for f in files),
        "reason": _texts(f.reason for f in files),
        "put_at": _moments(f.when for f in files),
        "kept_at": _texts(f.kept_at for f in files),
        "batches": pa.array([f.batches for f in files], pa.list_(pa.string())),
    }))  # fmt: skip
    _copy(connection, "select * from batches", aside / BATCHES)
    _copy(connection, "select * from files", aside / FILES)


def _union(places: list[Path], name: str, relation: str) -> str:
    parts = [f"select * from {parquet_of(place / name)}" for place in places]
    return " union all ".join([*parts, f"select * from {relation}"])


def _copy(connection: duckdb.DuckDBPyConnection, select: str, path: Path) -> None:
    connection.execute(f"copy ({select}) to {quoted(str(path))} (format parquet, compression zstd)")


def _texts(values: Any) -> pa.Array:
    return pa.array(list(values), pa.string())


def _moments(values: Any) -> pa.Array:
    """Moments as text, which sorts as they do and is read back faster than timestamps are."""
    return pa.array([value and utc_text(value) for value in values], pa.string())


# the folder


@contextmanager
def _alone(place: Path) -> Iterator[bool]:
    """Whether no other process compacts here; the kernel's lock ends with its process."""
    with (place / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
