"""What people decide: accept, reject, retry."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from raceway.common.faults import PermanentFault
from raceway.common.files import move, short_name
from raceway.common.home import Home
from raceway.ledger.ledger import BatchState, FileState, Ledger
from raceway.ledger.left_out import left_out
from raceway.ledger.states import again_path


class UnknownBatch(PermanentFault):
    """A batch or file that the ledger does not know, or whose state does not allow what was asked."""


def _who(who: str | None) -> str:
    return who or os.environ.get("RACEWAY_WHO") or getpass.getuser()


def accept(home: Home, batch_id: str, who: str | None = None, why: str = "", *, level: bool = False) -> BatchState:
    """Puts a batch into effect that the gate refused, the freeze holds or a person rejected; recorded with who and why.

    With `level` what it says is usual from now on: later batches are compared with its days and those after them, and
    with no earlier one. That may be said of a batch in effect, too.

    Raises UnknownBatch where there is no such batch or its data is gone.
    """
    batch = _batch(home, batch_id)
    is_news = level and not batch.begins_level
    if batch.is_accepted and not is_news and (batch.is_decided_by_a_person or batch.batch_id not in left_out(home)):
        raise UnknownBatch(f"batch {batch_id} is accepted already; nothing was changed")
    if not batch.path.exists():
        raise UnknownBatch(f"batch {batch_id}: {batch.path.name} is not there any more; land its file again")
    said = {"level": True} if level else {}
    Ledger(home).append("accepted", batch_id=batch.batch_id, who=_who(who), why=why, **said)
    return _batch(home, batch_id)


def reject(home: Home, batch_id: str, who: str | None = None, why: str = "") -> BatchState:
    """Takes an accepted batch out of effect; what it had replaced comes back. Recorded with who and why."""
    batch = _batch(home, batch_id)
    if not batch.is_accepted:
        raise UnknownBatch(f"batch {batch_id} is {batch.status}, not accepted; nothing was changed")
    Ledger(home).append("rejected", batch_id=batch_id, who=_who(who), why=why)
    return _batch(home, batch_id)


def retry(home: Home, file: str | None = None, who: str | None = None, why: str = "") -> list[str]:
    """Moves refused files (all, or the one whose inbox path or name is `file`) back to the inbox.

    Gives their inbox paths `<source>/<account>/<file>`; the next run reads them with today's contracts.
    Raises UnknownBatch where a named file was not refused or is gone from the quarantine.
    """
    refused = [state for state in Ledger(home).state().files.values() if state.status == "refused"]
    if file is not None:
        wanted = file.removeprefix(f"{home.inbox}/")
        refused = [
            state
            for state in refused
            if wanted in (f"{state.source}/{state.account}/{state.path}", state.path, Path(state.path).name)
        ]
        if not refused:
            raise UnknownBatch(f"{file}: no refused file of that name; `raceway status` lists them")
    moved: list[tuple[FileState, Path]] = []
    for state in refused:
        kept = home.root / state.kept_at
        inbox = home.inbox / state.source / state.account
        target = inbox / state.path
        if state.kept_at and kept.is_file():
            if target.exists():  # a newer one of its name waits: neither takes the other's place
                target = inbox / again_path(state.path, state.sha256)
            target.parent.mkdir(parents=True, exist_ok=True)
            move(kept, target)
            kept.with_name(short_name(kept.name, ".reason.txt")).unlink(missing_ok=True)
        if target.is_file():
            moved.append((state, target))
    if file is not None and not moved:
        raise UnknownBatch(
            f"{file}: it was refused on {refused[0].when:%Y-%m-%d} and is not in the quarantine any more, where files "
            "are kept for retention.archive_days; put it into the inbox again"
        )
    if moved:
        keys = [{"source": s.source, "account": s.account, "path": s.path} for s, _ in moved]
        Ledger(home).append("retry", files=keys, who=_who(who), why=why)
    return [target.relative_to(home.inbox).as_posix() for _, target in moved]


def _batch(home: Home, batch_id: str) -> BatchState:
    batches = Ledger(home).state().batches
    if batch_id in batches:
        return batches[batch_id]
    near = [known for known in batches if known.startswith(batch_id)]
    if len(near) == 1:
        return batches[near[0]]
    raise UnknownBatch(f"batch {batch_id}: not in the ledger; `raceway status` lists pending and refused batches")
