"""The fold: what each kind of event makes of the state of a ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.moments import moment
from raceway.ledger.events import Kind, LedgerEvent
from raceway.ledger.states import BatchState, BatchStatus, FileState, FileStatus, LedgerState, again_path, head_of

FOLD_VERSION: Final = 3
"""Raise it whenever the same events come to fold to something else: snapshots of another fold are folded anew."""


class LandedIsMissing(PermanentFault):
    """An event is about a batch whose landing the ledger does not hold (yet)."""


def fold(home: Home, state: LedgerState, events: Iterable[LedgerEvent]) -> None:
    """Brings a state forward by later events, in place. Raises LandedIsMissing."""
    for event in events:
        _FOLDS[event.kind](home, state, event)


def _landed(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    manifest = event.fields["manifest"]
    batch_id = manifest["batch_id"]
    known = state.batches.get(batch_id)
    if known is None:
        exported_at = moment(manifest["exported_at"])
        state.batches[batch_id] = BatchState(
            home, batch_id, manifest["source"], manifest["table"], manifest["account"], "landed", exported_at,
            manifest["content_hash"], event.event_id, head_of(manifest), [exported_at], landed_at=event.at,
        )  # fmt: skip
    elif not known.is_accepted:  # read again with today's contract: what was undecided is undecided again
        state.batches[batch_id] = replace(
            known, head_said=head_of(manifest), landed_by=event.event_id, status="landed", reason=""
        )
    _files(state, event, "landed", batch_id)


def _accepted(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    batch = _decided(state, event, "accepted")
    if event.fields.get("level"):
        state.batches[batch.batch_id] = replace(batch, begins_level=True)
    for key in state.refused_with.pop(batch.batch_id, ()):
        known = state.files[key]
        if batch.batch_id in known.batches and known.status == "refused":
            state.files[key] = replace(known, status="landed", reason="")


def _rejected(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    _decided(state, event, "rejected")


def _decided(state: LedgerState, event: LedgerEvent, status: BatchStatus) -> BatchState:
    batch = replace(
        _batch(state, event),
        status=status,
        reason=event.fields.get("why", ""),
        who=event.fields.get("who", ""),
        decided_at=event.at,
    )
    state.batches[batch.batch_id] = batch
    return batch


def _refused(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    batch_id = event.fields.get("batch_id")
    if batch_id:
        state.batches[batch_id] = replace(
            _batch(state, event), status="refused", reason=event.fields["reason"], decided_at=event.at
        )
    _files(state, event, "refused", batch_id)


def _duplicate(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    batch = _batch(state, event)
    sighting: dt.datetime = moment(event.fields["exported_at"])
    state.batches[batch.batch_id] = replace(
        batch, sightings=[*batch.sightings, sighting], exported_at=max(batch.exported_at, sighting)
    )
    _files(state, event, "duplicate", batch.batch_id)


def _retry(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    for said in event.fields["files"]:
        key = (said["source"], said["account"], said["path"])
        known = state.files.get(key)
        if known is not None:
            state.files[key] = replace(known, status="retry", when=event.at, kept_at="")


def _forgotten(home: Home, state: LedgerState, event: LedgerEvent) -> None:
    """Erasing a person rewrites Parquet files in place; it changes no state of a batch."""


_FOLDS: Final[dict[Kind, Callable[[Home, LedgerState, LedgerEvent], None]]] = {
    "landed": _landed,
    "accepted": _accepted,
    "refused": _refused,
    "duplicate": _duplicate,
    "rejected": _rejected,
    "retry": _retry,
    "forgotten": _forgotten,
}


def _batch(state: LedgerState, event: LedgerEvent) -> BatchState:
    batch_id = event.fields["batch_id"]
    if batch_id not in state.batches:
        raise LandedIsMissing(
            f"the ledger says that batch {batch_id} was {event.kind} (event {event.event_id}), but not that it landed: "
            "an event is missing; copy landing/_ledger/ again from where it came"
        )
    return state.batches[batch_id]


def _files(state: LedgerState, event: LedgerEvent, status: FileStatus, batch_id: str | None) -> None:
    """Notes for each file of an event what became of it; a later event about the same file wins."""
    source, account = event.fields["source"], event.fields["account"]
    for said in event.fields.get("files", []):
        key = (source, account, said["path"])
        known = state.files.get(key)
        is_other = known is not None and known.sha256 != said["sha256"]
        if known is not None and is_other and known.status == "refused" and known.kept_at:
            aside = again_path(known.path, known.sha256)  # still to be decided, whatever took its name
            state.files[source, account, aside] = replace(known, path=aside)
            note_refused(state, (source, account, aside), known.batches)
        batches = [] if known is None or is_other else known.batches
        if batch_id and batch_id not in batches:
            batches = [*batches, batch_id]
        state.files[key] = FileState(
            said["path"], source, account, said["sha256"], status, event.fields.get("reason", ""),
            event.at, said.get("kept_at", ""), batches,
        )  # fmt: skip
        if status == "refused":
            note_refused(state, key, batches)


def note_refused(state: LedgerState, key: tuple[str, str, str], batches: Iterable[str]) -> None:
    """Notes that a file was refused with batches, for whoever accepts one of them later."""
    for batch_id in batches:
        noted = state.refused_with.get(batch_id, ())
        if key not in noted:
            state.refused_with[batch_id] = (*noted, key)
