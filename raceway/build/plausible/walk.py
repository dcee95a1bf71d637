"""The walk over the batches of each source, account and table: which are held, and which are odd.

    of each source, account and table the batches by (exported_at, the file's own time, content hash)
        ──► each judged against the earlier ones that are not held ──► held with a sentence, or in effect

The order of arrival plays no part, and what a person accepted is not judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from raceway.build.plausible.cut import Before, claimed, doubts, take, told_of_short_orders
from raceway.config.accounts import Accounts
from raceway.config.settings import Settings
from raceway.history.records import Check
from raceway.ledger.states import BatchState


@dataclass
class Verdicts:
    """What the walk found."""

    held: dict[str, str] = field(default_factory=dict)
    """The held batches by id, each with the sentence that says why and what to do; the sentence is empty where a later
    export that is not held speaks for all the same days: nobody has to decide."""
    warnings: list[Check] = field(default_factory=list)
    """What is odd and yet in effect: source, account, table, day, column, value and usual range."""
    no_baseline: int = 0
    """Batches for whose days too few earlier ones are known to say what is usual."""


def judge_batches(accepted: Iterable[BatchState], accounts: Accounts, settings: Settings) -> Verdicts:
    """The verdicts on all accepted batches, from what landed, the decisions of people and the settings alone."""
    groups: dict[tuple[str, str, str], list[BatchState]] = defaultdict(list)
    for batch in accepted:
        if not batch.is_filtered:
            groups[batch.source, batch.table, batch.account].append(batch)
    verdicts = Verdicts()
    for (source, _, account), batches in groups.items():
        before = Before(orders=told_of_short_orders(batches))
        waiting: list[BatchState] = []
        for batch in sorted(batches, key=lambda batch: batch.rank):
            zone = accounts[source, account].zone
            why = "" if batch.is_decided_by_a_person else "; ".join(doubts(batch, before, zone, settings))
            if why:
                waiting.append(batch)
                verdicts.held[batch.batch_id] = _sentence(batch, why)
            else:
                take(batch, before)
                for other in [w for w in waiting if w.scope_kind == "days" and claimed(w) <= claimed(batch)]:
                    verdicts.held[other.batch_id] = ""
    return verdicts


def _sentence(batch: BatchState, why: str) -> str:
    files = ", ".join(file["path"] for file in batch.files) or batch.batch_id
    return (
        f"batch {batch.batch_id} ({batch.source}.{batch.table} of {batch.account}, {files}) is held: {why}; "
        f"what was in effect before stays. Export it again, or put it into effect with: raceway accept {batch.batch_id}"
    )
