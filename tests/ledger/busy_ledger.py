"""Ledgers as busy homes have them, made without landing: events of every kind, and what they must fold to."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from raceway.common.home import Home
from raceway.ledger import compaction, ledger
from raceway.ledger.events import SNAPSHOTS, LedgerEvent, event_of
from raceway.ledger.fold import LandedIsMissing, fold
from raceway.ledger.ledger import Ledger
from raceway.ledger.states import LedgerState

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def manifest_of(number: int, reading: int = 0, *, refused: int = 0) -> dict[str, Any]:
    """A manifest as landing writes it; `reading` tells one landing of a batch from another."""
    exported_at = START + dt.timedelta(hours=number)
    return {
        "format_version": 1,
        "batch_id": f"{exported_at:%Y%m%dT%H%M%SZ}-{number:06d}",
        "source": "google_ads" if number % 3 else "shopify",
        "table": "campaign_daily" if number % 3 else "orders",
        "account": "vn" if number % 2 else "us",
        "files": [{"path": f"reports/{number // 2}.csv", "sha256": f"{number:064x}", "bytes": 1000 + number,
                   "modified_at": exported_at.isoformat()}],
        "content_hash": f"{number % 7:064x}",
        "exported_at": exported_at.isoformat(timespec="microseconds"),
        "covers_from": f"{exported_at:%Y-%m-%d}",
        "covers_to": f"{exported_at:%Y-%m-%d}",
        "covers_through_zone": "Asia/Ho_Chi_Minh" if number % 5 == 0 else None,
        "scope_kind": "days" if number % 3 else "entities",
        "rows_landed": 10 + reading, "rows_read": 12 + reading + refused, "rows_refused": refused, "rows_furniture": 2,
        "currency": "VND",
        "money_days": {},
        "is_filtered": False,
        "totals": {"Total": {"cost": {"stated": "1", "summed": "1"}}},
        "findings": [{"severity": "info", "name": "reading", "message": f"reading {reading}: Giày, “đẹp”"}],
        "columns": {"day": "date", "campaign": "varchar", "cost": "decimal(18,6)"},
    }  # fmt: skip


def event_fields(kind: str, number: int, reading: int = 0) -> dict[str, Any]:
    """What an event of a kind about batch `number` says; its file's name is shared with a neighbour's."""
    manifest = manifest_of(number, reading, refused=number % 4)
    batch_id, source, account = manifest["batch_id"], manifest["source"], manifest["account"]
    files = [
        file | {"kept_at": f"archive/{source}/{account}/{number}-{kind}/{file['path']}"} for file in manifest["files"]
    ]
    about = {"source": source, "account": account, "files": files}
    later = START + dt.timedelta(hours=number, days=1 + reading)
    return {
        "landed": about | {"manifest": manifest},
        "accepted": {"batch_id": batch_id, "who": "gate", "why": ""},
        "rejected": {"batch_id": batch_id, "who": "lan", "why": "a test export"},
        "refused": about | {"batch_id": batch_id, "reason": f"refused: reading {reading}"},
        "refused whole": about | {"reason": "not a supported report"},
        "duplicate": about | {"batch_id": batch_id, "exported_at": later.isoformat(timespec="microseconds")},
        "retry": {"files": [{"source": source, "account": account, "path": files[0]["path"]}], "who": "lan"},
        "forgotten": {"who": "lan"},
    }[kind]


def add(home: Home, kind: str, number: int, reading: int = 0) -> LedgerEvent:
    """Appends one event as landing or a person does."""
    return Ledger(home).append(kind.split()[0], **event_fields(kind, number, reading))


def as_another_process() -> None:
    """Forgets what this process has folded."""
    ledger._FOLDED.clear()


def told(state: LedgerState) -> dict[str, Any]:
    """Everything a state says, in its order, as plain values."""
    return {
        "batches": [
            {name: getattr(batch, name) for name in batch.__dataclass_fields__ if name not in ("home", "head_said")}
            | {"head": batch.head, "path": batch.path}
            for batch in state.batches.values()
        ],
        "files": [dataclasses.asdict(file) for file in state.files.values()],
        "accepted": [batch.batch_id for batch in state.accepted()],
    }


def plain_fold(home: Home, texts: dict[str, str]) -> dict[str, Any] | str:
    """What events (id to text) fold to, one after the other from nothing; "missing" where a landing is."""
    state = LedgerState()
    try:
        fold(home, state, (event_of(texts[event_id], event_id) for event_id in sorted(texts)))
    except LandedIsMissing:
        return "missing"
    return told(state)


def folded(home: Home) -> dict[str, Any] | str:
    """What the ledger of a home folds to now."""
    try:
        return told(Ledger(home).state())
    except LandedIsMissing:
        return "missing"


def loose(home: Home) -> dict[str, str]:
    """The loose events of a home: id to text."""
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in home.ledger.glob("*.json")
        if path.name != "compacted.json"
    }


def every_event(home: Home) -> dict[str, dict[str, Any]]:
    """All events of a home by id, as the ledger gives them."""
    return {event.event_id: event.fields for event in Ledger(home).events()}


def fields_of(texts: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The same of texts."""
    own = ("format_version", "event_id", "kind", "at")
    return {
        event_id: {key: value for key, value in json.loads(text).items() if key not in own}
        for event_id, text in sorted(texts.items())
    }


def copy_in(place: Path, backup: Path) -> None:
    """Puts a copied folder beside what is there."""
    if not place.exists():
        shutil.copytree(backup, place)


def snapshot_folders(home: Home) -> list[Path]:
    """The snapshots that readers see."""
    place = home.ledger / SNAPSHOTS
    if not place.is_dir():
        return []
    return sorted(path for path in place.iterdir() if not path.name.startswith("."))


class Killed(BaseException):
    """What a kill looks like from inside: nothing of the program catches it."""


@contextmanager
def killed_before(step: int) -> Iterator[None]:
    """The process dies before its `step`th change of the file system, and half-way through removing a folder."""
    left = step

    def dying(change: Any, *, is_rmtree: bool = False) -> Any:
        def changed(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                if is_rmtree:
                    next(iter(Path(arguments[0]).iterdir())).unlink()
                raise Killed
            return change(*arguments, **named)

        return changed

    with pytest.MonkeyPatch.context() as patch:
        for name in ("rename", "replace", "mkdir", "write_text"):
            patch.setattr(Path, name, dying(getattr(Path, name)))
        patch.setattr(compaction.shutil, "rmtree", dying(shutil.rmtree, is_rmtree=True))
        patch.setattr(Path, "unlink", dying(Path.unlink))
        patch.setattr(compaction, "_copy", dying(compaction._copy))
        yield
