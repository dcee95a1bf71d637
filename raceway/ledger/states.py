"""What the ledger knows of batches and files: the values that folding its events gives."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final, Literal

from raceway.common.home import Home
from raceway.ledger.events import find_event, read_heads

BatchStatus = Literal["landed", "accepted", "refused", "rejected"]
FileStatus = Literal["landed", "duplicate", "refused", "retry"]
FileKey = tuple[str, str, str]
"""Source, account, path below the account's inbox."""

_LARGE: Final = ("columns", "findings", "totals")
"""Members of a manifest that no state needs: they are read when someone asks for the whole."""


def head_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest without its large members."""
    return {key: value for key, value in manifest.items() if key not in _LARGE}


class Heads:
    """The heads of a ledger's compacted manifests, by the event that brought them: read when one is asked for."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = ledger
        self._texts: dict[str, str] | None = None

    def text(self, landed_by: str) -> str:
        """The head that the event `landed_by` brought, as JSON."""
        if self._texts is None:
            self._texts = read_heads(self._ledger)
        if landed_by not in self._texts:  # compacted away meanwhile: that batch has landed again
            self._texts[landed_by] = head_text(head_of(find_event(self._ledger, landed_by).fields["manifest"]))
        return self._texts[landed_by]


def head_text(head: Mapping[str, Any]) -> str:
    """A head as JSON."""
    return json.dumps(head, ensure_ascii=False)


@dataclass(slots=True)
class BatchState:
    """One batch as the ledger knows it; a value: the fold makes a new one where something changes.

    `sightings` are all moments at which this content was exported, `exported_at` the largest of them;
    `landed_by` is the event that brought its manifest, `head_said` that manifest's head, or where to ask for it.
    """

    home: Home
    batch_id: str
    source: str
    table: str
    account: str
    status: BatchStatus
    exported_at: dt.datetime
    content_hash: str
    landed_by: str
    head_said: dict[str, Any] | Heads = field(repr=False, compare=False)
    sightings: list[dt.datetime] = field(default_factory=list)
    reason: str = ""
    who: str = ""
    decided_at: dt.datetime | None = None
    landed_at: dt.datetime | None = None
    begins_level: bool = False
    """Whether a person said that what it says is usual from now on: earlier days no longer count for comparison."""

    @property
    def path(self) -> Path:
        """The batch's Parquet file."""
        return self.home.landing / self.source / self.table / self.batch_id / "data.parquet"

    @property
    def head(self) -> dict[str, Any]:
        """The batch's manifest without columns, findings and totals: what the ledger itself works with."""
        if isinstance(self.head_said, Heads):
            head: dict[str, Any] = json.loads(self.head_said.text(self.landed_by))
            self.head_said = head
        return self.head_said

    def head_text(self) -> str:
        """The same as JSON."""
        return self.head_said.text(self.landed_by) if isinstance(self.head_said, Heads) else head_text(self.head_said)

    @property
    def manifest(self) -> dict[str, Any]:
        """The whole manifest as it was written; read from the ledger at every call."""
        manifest: dict[str, Any] = find_event(self.home.ledger, self.landed_by).fields["manifest"]
        return manifest

    @property
    def is_accepted(self) -> bool:
        """Whether this batch may come into effect."""
        return self.status == "accepted"

    @property
    def scope_kind(self) -> str:
        """days, entities or events."""
        return str(self.head["scope_kind"])

    @property
    def is_filtered(self) -> bool:
        """Whether the export was filtered: it then bears no totals."""
        return bool(self.head.get("is_filtered", False))

    @property
    def rows_landed(self) -> int:
        """Rows in the Parquet file."""
        return int(self.head["rows_landed"])

    @property
    def files(self) -> list[dict[str, Any]]:
        """The raw files of its export: path, sha256, bytes, modified_at."""
        files: list[dict[str, Any]] = self.head["files"]
        return files

    @property
    def file_time(self) -> str:
        """The newest own time of its raw files (UTC, sorts as text); empty where none is noted."""
        return max((str(file.get("modified_at", "")) for file in self.files), default="")

    @property
    def rank(self) -> tuple[dt.datetime, str, str]:
        """What decides between exports that speak for the same: the larger wins."""
        return (self.exported_at, self.file_time, self.content_hash)

    @property
    def is_decided_by_a_person(self) -> bool:
        """Whether a person put it into effect, so that nothing holds it."""
        return self.is_accepted and self.who not in ("", "gate")

    @property
    def rows_by_day(self) -> dict[dt.date, int] | None:
        """Rows of each day of a batch of days; None where it landed before they were noted."""
        given = self.head.get("rows_by_day")
        return None if given is None else {dt.date.fromisoformat(day): rows for day, rows in given.items()}

    @property
    def currency(self) -> str:
        """The batch's one currency, its account's (ISO 4217)."""
        return str(self.head.get("currency", ""))

    @property
    def covers_from(self) -> dt.date | None:
        """First covered day; None where the batch covers no day."""
        text = self.head.get("covers_from")
        return dt.date.fromisoformat(text) if text else None

    @property
    def covers_through_zone(self) -> str | None:
        """The zone in whose days an export covers everything up to itself; None where it does not."""
        return self.head.get("covers_through_zone") or None

    @property
    def covers_to(self) -> dt.date | None:
        """Last covered day: what the manifest says, or the day before a later sighting.

        A batch whose contract covers `through_export` is renewed by a later sighting: the same content
        exported three days later says that those three days brought nothing.
        """
        text = self.head.get("covers_to")
        if not text:
            return None
        last = dt.date.fromisoformat(text)
        zone = self.covers_through_zone
        if zone:
            from zoneinfo import ZoneInfo

            last = max(last, self.exported_at.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=1))
        return last

    def covered_days(self) -> list[dt.date]:
        """Every day that the batch covers, ascending."""
        listed = self.head.get("covered_days")
        if listed is not None:
            return [dt.date.fromisoformat(day) for day in listed]
        first, last = self.covers_from, self.covers_to
        if first is None or last is None:
            return []
        return [first + dt.timedelta(days=offset) for offset in range((last - first).days + 1)]

    def money_days(self) -> dict[str, list[dt.date]]:
        """By currency: the days on which an amount of this batch needs an exchange rate."""
        given = self.head.get("money_days", {})
        return {currency: [dt.date.fromisoformat(day) for day in days] for currency, days in given.items()}

    def state_files(self) -> list[Path]:
        """The `__states` files of this batch's sightings that exist, in order of time."""
        return [path for path in self.state_paths() if path.exists()]

    def state_paths(self) -> list[Path]:
        """Where the `__states` files of all its sightings lie, in order of time."""
        return [self.state_path(sighting) for sighting in sorted(set(self.sightings))]

    def state_path(self, sighting: dt.datetime) -> Path:
        """Where the `__states` file of one sighting lies."""
        return self.home.landing / self.source / f"{self.table}__states" / state_name(self.batch_id, sighting)


def state_name(batch_id: str, exported_at: dt.datetime) -> str:
    """The name of the states file of one sighting of a batch."""
    return f"{batch_id}_{exported_at.astimezone(dt.UTC):%Y%m%dT%H%M%S%fZ}.parquet"


def again_path(path: str, sha256: str) -> str:
    """Where a refused file stands whose name another file has taken since: in a folder of its own beside it."""
    where = PurePosixPath(path)
    return (where.parent / f"again-{sha256[:8]}" / where.name).as_posix()


@dataclass(slots=True)
class FileState:
    """One raw file: what the ledger last said about it; a value, as a batch is. `path` is relative to the inbox."""

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
    """All batches by id and all files by (source, account, path), each in the order in which they came."""

    batches: dict[str, BatchState] = field(default_factory=dict)
    files: dict[FileKey, FileState] = field(default_factory=dict)
    refused_with: dict[str, tuple[FileKey, ...]] = field(default_factory=dict, repr=False, compare=False)
    """By batch: files that were refused with it, and may stand otherwise since. An accepted batch clears them."""

    def copy(self) -> LedgerState:
        """A state of its own: batches and files are values and are shared."""
        return LedgerState(dict(self.batches), dict(self.files), dict(self.refused_with))

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
        return sorted(found, key=lambda batch: batch.rank, reverse=True)
