"""Refuses an export that could not be landed to its end, with what was already shown of it."""

from __future__ import annotations

import os
from dataclasses import replace

from raceway.common.home import Home
from raceway.common.texts import legible
from raceway.inbox.exports import Export
from raceway.inbox.raw_files import RawFiles
from raceway.landing.aside import held
from raceway.landing.outcome import Outcome
from raceway.ledger.ledger import Ledger


def refuse(home: Home, export: Export, reason: str) -> Outcome:
    """Puts the files of an export into the quarantine; a batch of it that nobody has decided is refused, too.

    What was accepted stays: `retry` finds it as a duplicate. Files that are gone from the inbox were put away before.
    """
    reason = legible(reason)
    outcome = Outcome(export.source, export.account, "refused", [file.path for file in export.files], reason=reason)
    here = tuple(file for file in export.files if os.path.lexists(export.located(home, file)))
    if not here:
        outcome.status, outcome.reason = "duplicate", f"{reason}; its files are not in the inbox any more"
        return outcome
    raw = RawFiles(home, replace(export, files=here))
    ledger = Ledger(home)
    with held(home.scratch) as scratch:
        raw.take(scratch)
        of = {"source": export.source, "account": export.account, "reason": reason}
        hashes = {raw.sha256(file) for file in here}
        for batch in ledger.state().batches.values():
            is_of = (batch.source, batch.account) == (export.source, export.account)
            if is_of and batch.status == "landed" and hashes & {file["sha256"] for file in batch.files}:
                ledger.append("refused", batch_id=batch.batch_id, files=raw.records("quarantine"), **of)
                outcome.tables[batch.table] = {"status": "refused", "batch_id": batch.batch_id}
                outcome.batches.append(batch.batch_id)
        ledger.append("refused", files=raw.records("quarantine"), **of)
        for path in raw.put_away("quarantine", reason):
            outcome.reason += (
                f"; {path}: was replaced or appended to while it was read; what lies there now waits for the next run"
            )
    return outcome
