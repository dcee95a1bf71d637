"""One injection: a night's files with one fault in them, landed and judged by raceway's own code."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.trust.bases import Base, land_all, night_of
from bench.trust.effective import effective_sums
from bench.trust.kinds import KINDS, Kind
from bench.trust.night import Night
from bench.trust.rules import cries
from raceway.build.plausible import Verdicts, judge_batches
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.history.records import BATCH_CHECKS, Check
from raceway.landing.outcome import Outcome
from raceway.ledger.ledger import Ledger
from raceway.ledger.states import BatchState
from raceway.night.due import late_sources

FIRST_NIGHT = 35
"""Nights before the first one that may be spoiled: what is usual has to be known."""


FEWEST_NIGHTS = 8
"""Nights of an account before one that it can be compared with: with fewer an injection is in neither count."""


@dataclass(frozen=True)
class Injection:
    """Which fault befalls which account in which night of which company."""

    kind: str
    number: int
    way: int
    seed: int
    source: str
    account: str
    day: dt.date

    def key(self) -> tuple[str, int, int, str]:
        """What tells it from the others."""
        return self.kind, self.number, self.seed, self.day.isoformat()


@dataclass
class Found:
    """What became of an injection: `by` is equal, refused, held, warned, missed or no baseline."""

    kind: str
    number: int
    seed: int
    source: str
    account: str
    day: str
    way: str
    said: str
    by: str
    told: list[str] = field(default_factory=list)
    """The sentences that tell of it."""
    rules: list[str] = field(default_factory=list)
    """The usual rules that cry over it."""
    beside: list[str] = field(default_factory=list)
    """Warnings of the same night about another account or day."""


def plan(
    bases: list[Base], each: int, kinds: Iterable[Kind] = KINDS, first_night: int = FIRST_NIGHT
) -> list[Injection]:
    """The injections: `each` of a kind, its accounts and ways in turn, in seeded nights of seeded companies."""
    planned = []
    for kind in kinds:
        chance = random.Random(f"trust {kind.name}")
        accounts = list(kind.accounts)
        chance.shuffle(accounts)
        for number in range(each):
            base = bases[number % len(bases)]
            source, account = accounts[number % len(accounts)]
            days = [day for day in base.days()[first_night:] if kind.on(day) and base.files(day, source, account)]
            way = (number + number // len(accounts)) % len(kind.ways)
            planned.append(Injection(kind.name, number, way, base.seed, source, account, chance.choice(days)))
    return planned


def inject(base: Base, injection: Injection) -> dict[str, Any]:
    """Lands the spoiled night in a home of its own, and says by what it was caught."""
    kind = next(kind for kind in KINDS if kind.name == injection.kind)
    spoil = kind.ways[injection.way]
    source, account, day = injection.source, injection.account, injection.day
    found = Found(kind.name, injection.number, base.seed, source, account, day.isoformat(),
                  getattr(spoil, "__name__", ""), "", "missed")  # fmt: skip
    root = Path(tempfile.mkdtemp(prefix="trust-", dir=base.folder))
    try:
        home = base.home_before(root / "home", day, source)
        shutil.copytree(base.folder / "raw" / day.isoformat() / source, home.inbox / source)
        night = Night(base, home.inbox, day, source, account, random.Random(str(injection)))
        spoil(night)
        found.said = night.said
        known = set(Ledger(home).state().batches)
        outcomes = land_all(home, source, night_of(day))
        accepted = Ledger(home).state().accepted(source)
        mine = {batch.batch_id for batch in accepted if batch.account == account and batch.batch_id not in known}
        settings, accounts = load_settings(home), load_accounts(home)
        verdicts = judge_batches(accepted, accounts, settings)
        clean = _clean(base, source, day)
        zone = accounts[source, account].zone.key
        in_effect = [batch for batch in accepted if batch.batch_id not in verdicts.held]
        if effective_sums(in_effect, zone) == effective_sums(clean, zone):
            found.by = "equal"
            return asdict(found)
        found.rules = cries(base, source, account, day, [batch for batch in accepted if batch.batch_id in mine])
        late = [said for said in late_sources(home, settings, night_of(day)) if said.startswith(f"{source}/{account}:")]
        found.by, found.told, found.beside = _caught(
            kind, injection, outcomes, mine, verdicts, late, _failed(home_checks(accepted, mine)), _usual(base)
        )
        if found.by == "missed" and _nights_before(base, injection) < FEWEST_NIGHTS:
            found.by = "no baseline"
        return asdict(found)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _caught(
    kind: Kind, injection: Injection, outcomes: list[Outcome], mine: set[str], verdicts: Verdicts, late: list[str],
    landing: list[str], usual: frozenset[str],
) -> tuple[str, list[str], list[str]]:  # fmt: skip
    refused = [
        outcome.reason for outcome in outcomes
        if outcome.account == injection.account and (outcome.status == "refused" or outcome.rows_refused)
    ]  # fmt: skip
    held = [sentence for batch, sentence in verdicts.held.items() if batch in mine]
    new = [check for check in verdicts.warnings if check.message not in usual]
    warned = [check.message for check in new if _names(check, injection, mine)]
    beside = [check.message for check in new if not _names(check, injection, mine)]
    late = late if kind.is_absence else []  # where a day stands in another's place, its absence tells half of it
    for by, told in (("refused", refused), ("held", held), ("warned", warned + landing + late)):
        if told:
            return by, told, beside
    return "missed", [], beside


def _names(check: Check, injection: Injection, mine: set[str]) -> bool:
    """Whether a warning is about the spoiled files: of its batches, or of its source and account by their names."""
    return check.batch_id in mine or (injection.source in check.message and injection.account in check.message)


def home_checks(accepted: list[BatchState], mine: set[str]) -> list[Check]:
    """The checks that the landing gate left beside the batches."""
    checks = []
    for batch in accepted:
        path = batch.path.with_name(BATCH_CHECKS)
        if batch.batch_id in mine and path.exists():
            checks += [Check(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    return checks


def _failed(checks: list[Check]) -> list[str]:
    return [check.message for check in checks if not check.passed and check.severity != "info"]


def _nights_before(base: Base, injection: Injection) -> int:
    return sum(
        day < injection.day and bool(base.files(day, injection.source, injection.account)) for day in base.days()
    )


@lru_cache(maxsize=4)
def _accepted(base: Base) -> list[BatchState]:
    return Ledger(base.home).state().accepted()


@lru_cache(maxsize=4)
def _nights_of_batches(base: Base) -> dict[str, dt.date]:
    return base.nights_of_batches()


def _clean(base: Base, source: str, day: dt.date) -> list[BatchState]:
    """The batches of a source up to the night of a day as they came."""
    nights = _nights_of_batches(base)
    return [
        batch for batch in _accepted(base) if batch.source == source and nights.get(batch.batch_id, dt.date.max) <= day
    ]


@lru_cache(maxsize=4)
def _usual(base: Base) -> frozenset[str]:
    """What is said of the clean nights."""
    verdicts = judge_batches(_accepted(base), load_accounts(base.home), load_settings(base.home))
    return frozenset(check.message for check in verdicts.warnings)
