"""Batches whose Parquet file is damaged land again from the archive; damaged states are taken away.

    landing/<source>/<table>/<batch>/   ──►  quarantine/damaged/<source>/<table>/<batch>/
    archive/…/<file>                    ──►  inbox/<source>/<account>/<file>, a copy with its own time

A batch's id is made of its content and the time of its export, so what lands again is the same batch, and what was
decided about it holds. Where the archive keeps the raw files no longer, nothing is moved: the freeze then says so.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from typing import Any

from raceway.common.files import make_durable
from raceway.common.home import Home
from raceway.common.moments import moment
from raceway.inbox.raw_files import private
from raceway.ledger.data_file import damage_of, parquet_damage
from raceway.ledger.states import BatchState, LedgerState, again_path


@dataclass(frozen=True)
class Mended:
    """One thing that was damaged; `sentence` says what it was, and what was done or is to do."""

    batch_id: str
    sentence: str
    is_mended: bool


def mend_batches(
    home: Home, state: LedgerState, sources: Iterable[str] | None = None,
    look: Callable[[BatchState], str] = damage_of, change: bool = True,
) -> list[Mended]:  # fmt: skip
    """Looks at every accepted batch (of some sources) and puts the raw files of damaged ones back into the inbox.

    Hold the home while it runs. Gives what was found. Without `change` it only says what there is.
    """
    wanted = None if sources is None else set(sources)
    found = []
    for batch in state.batches.values():
        if not batch.is_accepted or (wanted is not None and batch.source not in wanted):
            continue
        if damage := look(batch):
            found.append(_land_again(home, batch, damage, change))
        for states in batch.state_paths():
            if os.path.lexists(states) and (damage := parquet_damage(states)):
                found.append(_states(batch, states, damage, change))
    return found


def _states(batch: BatchState, states: Path, damage: str, change: bool) -> Mended:
    if change:
        shutil.rmtree(states) if states.is_dir() else states.unlink()
    return Mended(batch.batch_id, f"{states}: {damage}; the freeze writes it again from its batch", True)


def _land_again(home: Home, batch: BatchState, damage: str, change: bool) -> Mended:
    where = f"batch {batch.batch_id} ({batch.source}.{batch.table} of {batch.account}), {batch.path}: {damage}"
    kept = [(said, raw_file(home, batch, said)) for said in batch.files]
    gone = [said["path"] for said, path in kept if path is None]
    if gone or not kept:
        return Mended(
            batch.batch_id,
            f"{where}; archive/ holds {gone[0] if gone else 'no file of it'} no more: put the Parquet file back from a "
            f"backup, export again, or take the batch out with: raceway reject {batch.batch_id}",
            False,
        )
    if not change:
        return Mended(batch.batch_id, f"{where}; the next run lands it again from archive/", True)
    inbox = home.inbox / batch.source / batch.account
    taken = any((inbox / said["path"]).exists() and _sha256(inbox / said["path"]) != said["sha256"] for said, _ in kept)
    for said, path in kept:
        assert path is not None, "those that are gone are told above"
        put_back(path, inbox / (again_path(said["path"], batch.content_hash) if taken else said["path"]), said)
    if batch.path.parent.is_dir():
        aside = home.quarantine / "damaged" / batch.source / batch.table / f"{batch.batch_id}-{uuid.uuid4().hex[:8]}"
        private(home.quarantine / "damaged")
        private(aside.parent)
        batch.path.parent.rename(aside)
    return Mended(
        batch.batch_id, f"{where}; its raw files are copied from archive/ to the inbox, and it lands again", True
    )


def raw_file(home: Home, batch: BatchState, said: dict[str, Any]) -> Path | None:
    """Where archive/ keeps a raw file of a batch; None where it does not, or not with these bytes."""
    folder = home.archive / batch.source / (batch.account or "_")
    name = f"*-{said['sha256'][:8]}/{escape(said['path'])}"
    return next((path for path in folder.glob(name) if path.is_file() and _sha256(path) == said["sha256"]), None)


def put_back(kept: Path, target: Path, said: dict[str, Any]) -> None:
    """Copies a raw file into the inbox under its own time; seen whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{uuid.uuid4().hex}.moving")
    try:
        shutil.copyfile(kept, aside)
        aside.chmod(0o600)
        at = moment(said["modified_at"])
        whole = int(at.timestamp()) * 1_000_000_000 + at.microsecond * 1_000
        os.utime(aside, ns=(whole, whole))
        make_durable(aside)
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
