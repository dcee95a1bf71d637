"""What happened to every file and batch: small JSON events, append-only, and their fold to a state.

Every event is its own file under `landing/_ledger/`, written aside and renamed, so that a kill leaves
either the whole event or none and writers never wait for one another. File names sort by time, then by
a random tail; the state is a fold over the events in that order. What a batch *is* (its `exported_at`,
its sightings) does not depend on that order: `exported_at` is the largest of all sightings.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.moments import moment, utc_text

FORMAT_VERSION: Final = 1
_STAMP: Final = "%Y%m%dT%H%M%S%fZ"
Kind = Literal["landed", "accepted", "refused", "duplicate", "rejected", "retry", "forgotten"]
BatchStatus = Literal["landed", "accepted", "refused", "rejected"]
FileStatus = Literal["landed", "duplicate", "refused", "retry"]


@dataclass(frozen=True)
class LedgerEvent:
    """One event: its id (sorts by time), kind, moment (UTC) and what it says."""

    event_id: str
    kind: Kind
    at: dt.datetime
    fields: dict[str, Any]


@dataclass
class BatchState:
    """One batch as the ledger knows it.

    `path` is the Parquet file; `sightings` are all moments at which this content was exported, `exported_at`
    the largest of them; `manifest` is the batch's manifest.json as it was written.
    """

    batch_id: str
    source: str
    table: str
    account: str
    status: BatchStatus
    exported_at: dt.datetime
    content_hash: str
    path: Path
    manifest: dict[str, Any]
    sightings: list[dt.datetime] = field(default_factory=list)
    reason: str = ""
    who: str = ""
    decided_at: dt.datetime | None = None
    landed_at: dt.datetime | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether this batch may come into effect."""
        return self.status == "accepted"

    @property
    def scope_kind(self) -> str:
        """days, entities or events."""
        return str(self.manifest["scope_kind"])

    @property
    def is_filtered(self) -> bool:
        """Whether the export was filtered: it then bears no totals."""
        return bool(self.manifest.get("is_filtered", False))

    @property
    def rows_landed(self) -> int:
        """Rows in the Parquet file."""
        return int(self.manifest["rows_landed"])

    @property
    def currency(self) -> str:
        """The batch's one currency, its account's (ISO 4217)."""
        return str(self.manifest.get("currency", ""))

    @property
    def covers_from(self) -> dt.date | None:
        """First covered day; None where the batch covers no day."""
        text = self.manifest.get("covers_from")
        return dt.date.fromisoformat(text) if text else None

    @property
    def covers_to(self) -> dt.date | None:
        """Last covered day: what the manifest says, or the day before a later sighting.

        A batch whose contract covers `through_export` is renewed by a later sighting: the same content
        exported three days later says that those three days brought nothing.
        """
        text = self.manifest.get("covers_to")
        if not text:
            return None
        last = dt.date.fromisoformat(text)
        zone = self.manifest.get("covers_through_zone")
        if zone:
            from zoneinfo import ZoneInfo

            last = max(last, self.exported_at.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=1))
        return last

    def covered_days(self) -> list[dt.date]:
        """Every day that the batch covers, ascending."""
        listed = self.manifest.get("covered_days")
        if listed is not None:
            return [dt.date.fromisoformat(day) for day in listed]
        first, last = self.covers_from, self.covers_to
        if first is None or last is None:
            return []
        return [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]

    def money_days(self) -> dict[str, list[dt.date]]:
        """By currency: the days on which an amount of this batch needs an exchange rate."""
        given = self.manifest.get("money_days", {})
        return {currency: [dt.date.fromisoformat(day) for day in days] for currency, days in given.items()}

    def state_files(self) -> list[Path]:
        """The `__states` files of this batch's sightings that exist, in order of time."""
        folder = self.path.parent.parent.parent / f"{self.table}__states"
        names = [folder / state_name(self.batch_id, sighting) for sighting in sorted(set(self.sightings))]
        return [path for path in names if path.exists()]


def state_name(batch_id: str, exported_at: dt.datetime) -> str:
    """The name of the states file of one sighting of a batch."""
    return f"{batch_id}_{exported_at.astimezone(dt.UTC):%Y%m%dT%H%M%S%fZ}.parquet"


@dataclass
class FileState:
    """One raw file: what the ledger last said about it. `path` is relative to the inbox."""

    path: str
    source: str
    account: str
    sha256: str
    status: FileStatus
    reason: str
    when: dt.datetime
    kept_at: str = ""
    batches: list[str] = field(default_factory=list)


@dataclass
class LedgerState:
    """All batches by id and all files by (source, account, path)."""

    batches: dict[str, BatchState] = field(default_factory=dict)
    files: dict[tuple[str, str, str], FileState] = field(default_factory=dict)

    def accepted(
        self, source: str | None = None, table: str | None = None, account: str | None = None
    ) -> list[BatchState]:
        """Accepted batches, optionally of one source, table and account, newest export first."""
        found = [
            batch
            for batch in self.batches.values()
            if batch.is_accepted
            and source in (None, batch.source)
            and table in (None, batch.table)
            and account in (None, batch.account)
        ]
        return sorted(found, key=lambda batch: (batch.exported_at, batch.content_hash), reverse=True)


class Ledger:
    """The ledger of one home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.ledger

    def append(self, kind: Kind, **fields: Any) -> LedgerEvent:
        """Writes one event, durable when this returns. `fields` must be JSON."""
        self.folder.mkdir(parents=True, exist_ok=True)
        at = self._after_all_others()
        event = LedgerEvent(f"{at:{_STAMP}}-{secrets.token_hex(4)}", kind, at, fields)
        aside = self.folder / f".{event.event_id}.tmp"
        text = json.dumps(
            {"format_version": FORMAT_VERSION, "event_id": event.event_id, "kind": kind, "at": utc_text(at), **fields},
            ensure_ascii=False,
            sort_keys=True,
        )
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(self.folder / f"{event.event_id}.json")
        return event

    def _after_all_others(self) -> dt.datetime:
        """Now, or just after the newest event where the clock was set back: order is what the fold needs."""
        now = dt.datetime.now(dt.UTC)
        newest = max((entry.name for entry in os.scandir(self.folder) if entry.name.endswith(".json")), default=None)
        if newest is None:
            return now
        last = dt.datetime.strptime(newest.split("-")[0], _STAMP).replace(tzinfo=dt.UTC)
        return max(now, last + dt.timedelta(microseconds=1))

    def events(self) -> list[LedgerEvent]:
        """All events in order. Raises PermanentFault where one was written by a newer raceway."""
        events = []
        for path in sorted(self.folder.glob("*.json")):
            said = json.loads(path.read_bytes())
            if said["format_version"] > FORMAT_VERSION:
                raise PermanentFault(
                    f"{path}: ledger format {said['format_version']}, this raceway reads up to {FORMAT_VERSION}; "
                    "install the version that wrote it or a newer one"
                )
            fields = {k: v for k, v in said.items() if k not in ("format_version", "event_id", "kind", "at")}
            events.append(LedgerEvent(said["event_id"], said["kind"], moment(said["at"]), fields))
        return events

    def state(self) -> LedgerState:
        """The fold of all events."""
        state = LedgerState()
        for event in self.events():
            _FOLDS[event.kind](self.home, state, event)
        return state


def _landed(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    manifest = event.fields["manifest"]
    batch_id = manifest["batch_id"]
    exported_at = moment(manifest["exported_at"])
    known = state.batches.get(batch_id)
    if known is None:
        path = home.landing / manifest["source"] / manifest["table"] / batch_id / "data.parquet"
        state.batches[batch_id] = BatchState(
            batch_id, manifest["source"], manifest["table"], manifest["account"], "landed", exported_at,
            manifest["content_hash"], path, manifest, [exported_at], landed_at=event.at,
        )  # fmt: skip
    elif not known.is_accepted:  # read again with today's contract: what was undecided is undecided again
        known.manifest, known.status, known.reason = manifest, "landed", ""
    _files(state, event, "landed", batch_id)


def _accepted(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    batch = state.batches[event.fields["batch_id"]]
    batch.status, batch.reason = "accepted", event.fields.get("why", "")
    batch.who, batch.decided_at = event.fields.get("who", ""), event.at
    for known in state.files.values():
        if batch.batch_id in known.batches and known.status == "refused":
            known.status, known.reason = "landed", ""


def _refused(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    batch_id = event.fields.get("batch_id")
    if batch_id:
        batch = state.batches[batch_id]
        batch.status, batch.reason, batch.decided_at = "refused", event.fields["reason"], event.at
    _files(state, event, "refused", batch_id)


def _duplicate(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    batch = state.batches[event.fields["batch_id"]]
    sighting = moment(event.fields["exported_at"])
    batch.sightings.append(sighting)
    batch.exported_at = max(batch.exported_at, sighting)
    _files(state, event, "duplicate", batch.batch_id)


def _rejected(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    batch = state.batches[event.fields["batch_id"]]
    batch.status, batch.reason = "rejected", event.fields.get("why", "")
    batch.who, batch.decided_at = event.fields.get("who", ""), event.at


def _retry(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    for key in event.fields["files"]:
        known = state.files.get((key["source"], key["account"], key["path"]))
        if known is not None:
            known.status, known.when, known.kept_at = "retry", event.at, ""


def _forgotten(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    """Erasing a person rewrites Parquet files in place; it changes no state of a batch."""


_FOLDS: Final = {
    "landed": _landed,
    "accepted": _accepted,
    "refused": _refused,
    "duplicate": _duplicate,
    "rejected": _rejected,
    "retry": _retry,
    "forgotten": _forgotten,
}


def _files(state: LedgerState, event: LedgerEvent, status: FileStatus, batch_id: str | None) -> None:
    """Notes for each file of an event what became of it; a later event about the same file wins."""
    source, account = event.fields["source"], event.fields["account"]
    for said in event.fields.get("files", []):
        key = (source, account, said["path"])
        known = state.files.get(key)
        batches = [] if known is None or known.sha256 != said["sha256"] else known.batches
        if batch_id and batch_id not in batches:
            batches = [*batches, batch_id]
        state.files[key] = FileState(
            said["path"], source, account, said["sha256"], status, event.fields.get("reason", ""),
            event.at, said.get("kept_at", ""), batches,
        )  # fmt: skip
