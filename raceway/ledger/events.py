"""The events of a ledger and where they lie: loose, one JSON file each, or compacted in a snapshot.

    landing/_ledger/<event id>.json                 one event, written aside and renamed
    landing/_ledger/_compacted/<id>.<tail>/         a snapshot: the events up to `<id>` that it covers, and their fold
        snapshot.json  events.parquet  batches.parquet  files.parquet  kept.parquet
    landing/_ledger/compacted.json                  says the format, so that a raceway that knows no snapshots stops

An event's id sorts by time, then by a random tail. An event may lie in several places at once (a kill left it
loose after it was compacted, a backup was copied in): equal ids are one event.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import duckdb

from raceway.common.faults import PermanentFault
from raceway.common.moments import moment
from raceway.common.sql import parquet_of

EVENT_VERSION: Final = 2
"""The newest that is read: of kinds that a raceway of version 1 did not know. All others are written as 1."""
FORMAT_VERSION: Final = 2
"""Of the ledger as a whole: 1 had loose events alone, 2 has snapshots beside them."""
STAMP: Final = "%Y%m%dT%H%M%S%fZ"

SNAPSHOTS: Final = "_compacted"
ABOUT, EVENTS, BATCHES, FILES, KEPT = (
    "snapshot.json", "events.parquet", "batches.parquet", "files.parquet", "kept.parquet",
)  # fmt: skip
GUARD: Final = "compacted.json"

Kind = Literal[
    "landed", "accepted", "refused", "duplicate", "rejected", "retry", "forgotten", "read_again", "unchanged"
]  # fmt: skip
KINDS: Final = get_args(Kind)
LATER_KINDS: Final[frozenset[Kind]] = frozenset({"read_again", "unchanged"})
"""Kinds of event version 2: an older raceway stops at them with a sentence."""


@dataclass(frozen=True)
class LedgerEvent:
    """One event: its id (sorts by time), kind, moment (UTC) and what it says."""

    event_id: str
    kind: Kind
    at: dt.datetime
    fields: dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """One compaction's result: how many events it covers, the newest of them, and by which fold it was made."""

    folder: Path
    events: int
    newest: str
    fold_version: int

    def event_ids(self) -> set[str]:
        """The ids of all events that this snapshot covers."""
        with reading() as connection:
            found = connection.execute(f"select event_id from {parquet_of(self.folder / EVENTS)}").fetchall()
        return {event_id for (event_id,) in found}

    def has(self, event_ids: Iterable[str]) -> set[str]:
        """Those of the given ids that this snapshot covers."""
        with reading() as connection:
            found = connection.execute(
                f"select event_id from {parquet_of(self.folder / EVENTS)} where event_id in (select unnest($1))",
                [sorted(event_ids)],
            ).fetchall()
        return {event_id for (event_id,) in found}


def reading() -> duckdb.DuckDBPyConnection:
    """A connection that reads snapshots: one thread, since they are small and rows keep their order."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("set enable_progress_bar = false")
    return connection


def loose_ids(folder: Path) -> set[str]:
    """The ids of the events that lie loose in a ledger's folder."""
    if not folder.is_dir():
        return set()
    with os.scandir(folder) as entries:
        return {
            entry.name.removesuffix(".json")
            for entry in entries
            if entry.name.endswith(".json") and entry.name != GUARD and not entry.name.startswith(".")
        }


def snapshot_names(folder: Path) -> tuple[str, ...]:
    """The names of a ledger's snapshots, in order; mostly there is one."""
    place = folder / SNAPSHOTS
    if not place.is_dir():
        return ()
    with os.scandir(place) as entries:
        return tuple(sorted(entry.name for entry in entries if not entry.name.startswith(".")))


def snapshots(folder: Path) -> tuple[Snapshot, ...]:
    """A ledger's snapshots, the one that covers most first.

    Raises PermanentFault where one was written by a newer raceway, FileNotFoundError where one has just gone or is not
    whole.
    """
    found = []
    for name in snapshot_names(folder):
        place = folder / SNAPSHOTS / name
        try:
            said = _json((place / ABOUT).read_bytes(), place / ABOUT)
            _check_version(place / ABOUT, said["format_version"], FORMAT_VERSION)
            snapshot = Snapshot(place, int(said["events"]), str(said["newest"]), int(said["fold_version"]))
        except (KeyError, TypeError, AttributeError, IsADirectoryError, NotADirectoryError) as fault:
            raise ValueError(f"{place / ABOUT}: says nothing of a snapshot: {fault}") from fault
        for part in (EVENTS, BATCHES, FILES, KEPT):
            if stat.S_ISDIR((place / part).stat().st_mode):
                raise ValueError(f"{place / part}: a folder stands where a file should be")
        found.append(snapshot)
    return tuple(sorted(found, key=lambda snapshot: (-snapshot.events, snapshot.folder.name)))


def event_of(text: str | bytes, where: object) -> LedgerEvent:
    """The event that a text says; `where` names it. Raises PermanentFault where a newer raceway wrote it, ValueError
    where it is not whole.
    """
    said = _json(text, where)
    try:
        _check_version(where, said["format_version"], EVENT_VERSION)
        kind, event_id, at = said["kind"], said["event_id"], moment(said["at"])
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError(f"{where}: no event of a ledger: {type(fault).__name__} {fault}") from fault
    if kind not in KINDS:
        raise PermanentFault(
            f"{where}: an event of the kind {str(kind)!r}, which this raceway does not know; install the version that "
            "wrote it or a newer one"
        )
    fields = {k: v for k, v in said.items() if k not in ("format_version", "event_id", "kind", "at")}
    return LedgerEvent(event_id, kind, at, fields)


def loose_text(folder: Path, event_id: str) -> bytes:
    """The text of a loose event. Raises FileNotFoundError where it lies loose no more, ValueError for a folder."""
    path = folder / f"{event_id}.json"
    try:
        return path.read_bytes()
    except IsADirectoryError:
        raise ValueError(f"{path}: a folder stands where an event should be") from None


def compacted_texts(places: Iterable[Snapshot], only: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
    """Id and text of every event that the snapshots cover, in order and once each; `only` names some ids."""
    paths = [place.folder / EVENTS for place in places]
    if not paths:
        return
    several = "distinct on (event_id)" if len(paths) > 1 else ""
    some = "" if only is None else "where event_id in (select unnest($1))"
    with reading() as connection:
        rows = connection.execute(
            f"select {several} event_id, text from {parquet_of(paths)} {some} order by event_id",
            [] if only is None else [sorted(only)],
        )
        while chunk := rows.fetchmany(5_000):
            yield from chunk


def find_event(folder: Path, event_id: str) -> LedgerEvent:
    """One event by its id, wherever it lies. Raises PermanentFault where it is nowhere."""
    for _ in range(_TRIES):
        before = snapshot_names(folder)
        try:
            return event_of(loose_text(folder, event_id), folder / f"{event_id}.json")
        except FileNotFoundError:
            pass
        try:
            for _, text in compacted_texts(snapshots(folder), [event_id]):
                return event_of(text, folder / SNAPSHOTS)
        except (FileNotFoundError, duckdb.IOException):
            pass
        except (ValueError, duckdb.Error) as fault:
            raise not_whole(folder, fault) from fault
        if snapshot_names(folder) == before:
            break
    raise PermanentFault(f"{folder}: event {event_id} was here and is not any more; copy it back from a backup")


def read_heads(folder: Path) -> dict[str, str]:
    """The heads (as JSON) of the manifests of a ledger's compacted batches, by the event that brought them."""
    heads: dict[str, str] = {}
    for name in snapshot_names(folder):
        try:
            with reading() as connection:
                found = connection.execute(
                    f"select landed_by, head from {parquet_of(folder / SNAPSHOTS / name / BATCHES)}",
                ).fetchnumpy()
        except duckdb.Error:  # replaced by another, or damaged: whoever misses a head looks for its event
            continue
        heads.update(zip(found["landed_by"].tolist(), found["head"].tolist(), strict=True))
    return heads


def put_away_by(event: LedgerEvent) -> Iterator[tuple[str, dt.datetime]]:
    """Which raw files and refused rows an event says were put away (paths below the home), and when."""
    for said in event.fields.get("files", []):
        if said.get("kept_at"):
            yield said["kept_at"], event.at
    manifest = event.fields.get("manifest")
    if manifest and manifest["rows_refused"]:
        yield refused_rows_path(manifest), event.at


def refused_rows_path(manifest: Mapping[str, Any]) -> str:
    """Where the refused rows of a batch lie below the home, by its manifest."""
    return f"quarantine/rows/{manifest['source']}/{manifest['account']}/{manifest['batch_id']}.csv"


def not_whole(folder: Path, fault: Exception) -> PermanentFault:
    """What to say of a ledger in which something cannot be read and stays so."""
    return PermanentFault(
        f"{folder}: something in the ledger is not whole ({str(fault).splitlines()[0]}); wait where "
        "it is just being copied, else copy landing/_ledger/ again from where it came or from a backup"
    )


_TRIES: Final = 100


def _json(text: str | bytes, where: object) -> Any:
    try:
        return json.loads(text)
    except ValueError as fault:
        raise ValueError(f"{where}: {fault}") from fault


def _check_version(where: object, said: int, known: int) -> None:
    if said > known:
        raise PermanentFault(
            f"{where}: ledger format {said}, this raceway reads up to {known}; "
            "install the version that wrote it or a newer one"
        )
