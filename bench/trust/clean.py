"""How often the gate cries without a fault: every clean night of the companies, and of a real shop."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from bench.trust.bases import Base
from raceway.build.plausible import judge_batches
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.ledger.ledger import Ledger


@dataclass
class Cried:
    """The clean nights of one base, and what was said about them."""

    seed: int
    nights: int
    warned: dict[dt.date, list[str]] = field(default_factory=dict)
    held: dict[dt.date, list[str]] = field(default_factory=dict)
    no_baseline: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "nights": self.nights,
            "nights_warned": len(self.warned),
            "nights_held": len(self.held),
            "warned": {day.isoformat(): said for day, said in sorted(self.warned.items())},
            "held": {day.isoformat(): said for day, said in sorted(self.held.items())},
        }


def clean_nights(base: Base) -> Cried:
    """Judges all nights of a base at once: each batch is judged by what came before it alone."""
    home = base.home
    verdicts = judge_batches(Ledger(home).state().accepted(), load_accounts(home), load_settings(home))
    nights = base.nights_of_batches()
    warned: dict[dt.date, list[str]] = defaultdict(list)
    held: dict[dt.date, list[str]] = defaultdict(list)
    for check in verdicts.warnings:
        warned[nights[check.batch_id]].append(check.message)
    for batch, sentence in verdicts.held.items():
        held[nights[batch]].append(sentence)
    return Cried(base.seed, len(base.days()), dict(warned), dict(held), verdicts.no_baseline)
