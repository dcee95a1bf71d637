"""Which accepted batches are held: implausible beside what was in effect before them, until a person accepts them."""

from __future__ import annotations

from collections.abc import Iterable

from raceway.build.plausible import judge_batches
from raceway.config.accounts import Accounts
from raceway.config.settings import Settings
from raceway.ledger.states import BatchState


def held_batches(accepted: Iterable[BatchState], accounts: Accounts, settings: Settings) -> dict[str, str]:
    """The held batches by id, each with the sentence that says why and what to do.

    The sentence is empty where a later export that is not held speaks for all the same days: nobody has to decide.
    """
    return judge_batches(accepted, accounts, settings).held
