"""What happened to every file and batch: small JSON events, append-only, and their fold to a state.

Every event is its own file under `landing/_ledger/`, written aside and renamed, so that a kill leaves
either the whole event or none and writers never wait for one another. File names sort by time, then by
a random tail; the state is a fold over the events in that order. What a batch *is* (its `exported_at`,
its sightings) does not depend on that order: `exported_at` is the largest of all sightings.

Upkeep moves events into a snapshot (`raceway.ledger.compaction`), which also holds the state they fold to. A
process folds once: it reads the snapshot and the events beside it, and later only what was appended since.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import duckdb

from raceway.common.faults import PassingFault
from raceway.common.home import Home
from raceway.common.masks import masked
from raceway.common.moments import utc_text
from raceway.common.texts import legible
from raceway.ledger.events import (
    EVENT_VERSION,
    LATER_KINDS,
    STAMP,
    Kind,
    LedgerEvent,
    Snapshot,
    compacted_texts,
    event_of,
    loose_ids,
    loose_text,
    not_whole,
    put_away_by,
    snapshot_names,
    snapshots,
)
from raceway.ledger.fold import FOLD_VERSION, LandedIsMissing, fold
from raceway.ledger.snapshot import read_put_away, read_state
from raceway.ledger.states import BatchState, FileState, LedgerState, state_name

__all__ = ["BatchState", "FileState", "Ledger", "LedgerEvent", "LedgerState", "state_name"]

_TRIES: Final = 100
"""Looks at a folder that others change; each further one follows a change."""

Read = TypeVar("Read")


@dataclass(frozen=True)
class Listing:
    """What lies in a ledger's folder: its snapshots, the one that covers most first, and its loose events."""

    snapshots: tuple[Snapshot, ...]
    loose: frozenset[str]


@dataclass(frozen=True)
class Folded:
    """The state of one listing. `base` is the first snapshot's own, where that could be used."""

    listing: Listing
    newest: str
    base: LedgerState | None
    state: LedgerState


_FOLDED: Final[dict[Path, Folded]] = {}
"""What this process has folded: of one ledger, since a state is large."""


class Ledger:
    """The ledger of one home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.ledger

    def append(self, kind: Kind, **fields: Any) -> LedgerEvent:
        """Writes one event, durable when this returns. `fields` must be JSON; a reason that quotes a cell is masked."""
        if fields.get("reason"):
            fields["reason"] = masked(fields["reason"])
        self.folder.mkdir(parents=True, exist_ok=True)
        at = self._after_all_others()
        if "reason" in fields:  # it may quote what a file holds
            fields["reason"] = legible(fields["reason"])
        event = LedgerEvent(f"{at:{STAMP}}-{secrets.token_hex(4)}", kind, at, fields)
        aside = self.folder / f".{event.event_id}.tmp"
        text = json.dumps(
            {
                "format_version": EVENT_VERSION if kind in LATER_KINDS else 1,
                "event_id": event.event_id,
                "kind": kind,
                "at": utc_text(at),
                **fields,
            },
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
        now, last = dt.datetime.now(dt.UTC), self.newest_at()
        return max(now, last + dt.timedelta(microseconds=1)) if last else now

    def newest_at(self) -> dt.datetime | None:
        """The moment of the newest event (UTC); None where there is none."""
        newest = max(max(loose_ids(self.folder), default=""), max(snapshot_names(self.folder), default=""))
        return dt.datetime.strptime(newest.split("-")[0], STAMP).replace(tzinfo=dt.UTC) if newest else None

    def events(self) -> list[LedgerEvent]:
        """All events in order, compacted ones too. Raises PermanentFault where a newer raceway wrote one."""
        return self.steadily(lambda listing: list(self._all_events(listing)))

    def state(self) -> LedgerState:
        """The fold of all events: of this process's first call as a whole, later of those that came since.

        The state is the caller's own; batches and files in it are values. Raises PermanentFault where a newer
        raceway wrote something, or where an event is about a batch that never landed.
        """
        return self.folded().state.copy()

    def folded(self) -> Folded:
        """The state with what it was folded from; not to be changed."""
        folded = self.steadily(self._fold)
        if self.folder not in _FOLDED:
            _FOLDED.clear()
        _FOLDED[self.folder] = folded
        return folded

    def put_away(self) -> dict[str, dt.datetime]:
        """When raw files and refused rows were last put away, by their path below the home."""

        def read(listing: Listing) -> dict[str, dt.datetime]:
            since = read_put_away(listing.snapshots)
            for event_id in listing.loose:
                for path, at in put_away_by(self._loose(event_id)):
                    since[path] = max(at, since.get(path, at))
            return since

        return self.steadily(read)

    # ------------------------------------------------------------ reading what others change

    def steadily(self, read: Callable[[Listing], Read]) -> Read:
        """Reads from a listing that still holds after reading.

        A compaction shows its snapshot first and removes what it covers then: where the snapshots are the same
        before and after, nothing that was listed has gone. An event may also be listed before another that it
        follows, since a folder is not listed in one moment. Raises PermanentFault where a snapshot is not whole.
        """
        for _ in range(_TRIES):
            names, loose = snapshot_names(self.folder), loose_ids(self.folder)
            try:
                listing = Listing(snapshots(self.folder), frozenset(loose))
                found = read(listing)
            except (FileNotFoundError, ValueError, duckdb.Error, LandedIsMissing) as fault:
                if (snapshot_names(self.folder), loose_ids(self.folder)) != (names, loose):
                    continue
                if isinstance(fault, LandedIsMissing | duckdb.IOException):
                    raise
                raise not_whole(self.folder, fault) from fault
            if snapshot_names(self.folder) == names:
                return found
        raise PassingFault(f"{self.folder}: changes faster than it can be read")

    def _loose(self, event_id: str) -> LedgerEvent:
        return event_of(loose_text(self.folder, event_id), self.folder / f"{event_id}.json")

    def _all_events(self, listing: Listing) -> Iterator[LedgerEvent]:
        """The events of a listing in order, each once."""
        loose = sorted(listing.loose, reverse=True)
        for event_id, text in compacted_texts(listing.snapshots):
            while loose and loose[-1] < event_id:
                yield self._loose(loose.pop())
            if loose and loose[-1] == event_id:
                loose.pop()
            yield event_of(text, event_id)
        while loose:
            yield self._loose(loose.pop())

    # ------------------------------------------------------------ folding

    def _fold(self, listing: Listing) -> Folded:
        """The state of a listing, by the shortest way: onwards from what is folded, from a snapshot, from nothing."""
        known = _FOLDED.get(self.folder)
        if known is not None and (known.listing.snapshots != listing.snapshots or known.listing.loose - listing.loose):
            known = None  # compacted by another, or a ledger that was put in this one's place
        if known is not None:
            new = listing.loose - known.listing.loose
            if not new:
                return known
            if min(new) > known.newest:
                return self._onwards(known.state, known.base, new, listing)
        base = known.base if known is not None else None
        if listing.snapshots:
            first = listing.snapshots[0]
            beside = uncovered(listing)
            if first.fold_version == FOLD_VERSION and all(event_id > first.newest for event_id in beside):
                base = read_state(self.home, first) if base is None else base
                return self._onwards(base, base, beside, listing)
        state = LedgerState()
        fold(self.home, state, self._all_events(listing))
        return Folded(listing, max(listing.loose | {s.newest for s in listing.snapshots}, default=""), None, state)

    def _onwards(
        self, state: LedgerState, base: LedgerState | None, event_ids: frozenset[str], listing: Listing
    ) -> Folded:
        further = state.copy()
        elsewhere = dict(compacted_texts(listing.snapshots[1:], event_ids - listing.loose))
        fold(self.home, further, (
            event_of(elsewhere[event_id], event_id) if event_id in elsewhere else self._loose(event_id)
            for event_id in sorted(event_ids)
        ))  # fmt: skip
        newest = max(listing.loose | {snapshot.newest for snapshot in listing.snapshots})
        return Folded(listing, newest, base, further)


def uncovered(listing: Listing) -> frozenset[str]:
    """The ids of the events that the first snapshot does not cover: loose ones, and those of other snapshots."""
    if not listing.snapshots:
        return listing.loose
    first, *others = listing.snapshots
    beside = set(listing.loose)
    for other in others:
        beside |= other.event_ids()
    early = {event_id for event_id in beside if event_id <= first.newest}
    return frozenset(beside - (first.has(early) if early else set()))
