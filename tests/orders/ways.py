"""One order in which a company's exports, decisions and settings reach a home, and the nights in between.

    as it came    night after night; each brings its exports, builds incrementally now and then
    shuffled      in chunks of any nights, copies of some exports before or after them, landings that break off
    told anew     the same, and exports in another encoding, order of columns, container, or in two parts

All end with the same exports, decisions and settings, and with a whole night as of the day after the last.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from raceway.build.freeze import freeze
from raceway.common.home import HOME_VARIABLE, Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.contracts.load import load_contract
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.ledger.decisions import UnknownBatch, accept, reject
from raceway.ledger.ledger import Ledger
from raceway.night import steps
from raceway.night.wiring import STAGES
from raceway.publish.scratch import EVERYTHING, build_all
from tests.orders.deliveries import AS_OF, LAST, Change, Company, Decision, Delivery
from tests.relations import told
from tests.relations.homes import deliver

ORDERS: Final = ("as it came", "shuffled", "told anew")
_BREAKS_OFF: Final = 0.03
_COPIED: Final = 0.15
_TOLD: Final = 0.5


class _Off(BaseException):
    """The landing is broken off behind its last event, as by a kill."""


@dataclass(frozen=True)
class Step:
    """What reaches the home before one landing."""

    deliveries: tuple[Delivery, ...] = ()
    decisions: tuple[Decision, ...] = ()
    changes: tuple[Change, ...] = ()
    builds: bool = False
    publishes: bool = False
    breaks_off: bool = False


def steps_of(company: Company, order: str, builds: int) -> list[Step]:
    """The steps of one order; about `builds` of them build, two also publish."""
    luck = random.Random(f"{company.seed} {order}")
    if order == "as it came":
        return _as_it_came(company, builds)
    deliveries = [copy for one in company.deliveries for copy in _copies(one, luck)]
    luck.shuffle(deliveries)
    chunks = [list[Delivery]() for _ in range(max(3, 2 * builds))]
    for one in deliveries:
        luck.choice(chunks).append(one)
    if order == "told anew":  # the newest first, so that nothing replaces what is there
        chunks.sort(key=lambda chunk: -max((one.night for one in chunk), default=0))
    built = set(luck.sample(range(len(chunks)), builds))
    placed = {id(one): number for number, chunk in enumerate(chunks) for one in chunk}
    at = [list[Decision]() for _ in chunks]
    for decision in company.decisions:
        came = placed.get(id(decision.delivery), 0)
        at[luck.randrange(came, len(chunks))].append(decision)
    changed = [list[Change]() for _ in chunks]
    for change in company.changes:
        luck.choice(changed).append(change)
    return [
        Step(tuple(chunk), tuple(at[n]), tuple(changed[n]), n in built, n == max(built, default=-1),
             luck.random() < _BREAKS_OFF * len(chunk))
        for n, chunk in enumerate(chunks)
    ]  # fmt: skip


def _as_it_came(company: Company, builds: int) -> list[Step]:
    every = max(1, company.nights // builds)
    return [
        Step(
            tuple(one for one in company.deliveries if one.night == night),
            tuple(one for one in company.decisions if one.night == night),
            tuple(one for one in company.changes if one.night == night),
            night % every == every - 1,
            night in (company.nights // 3, company.nights - 2),
        )
        for night in range(company.nights)
    ]


def _copies(delivery: Delivery, luck: random.Random) -> Iterator[Delivery]:
    yield delivery
    if delivery.is_decided or luck.random() < _COPIED:
        yield replace(delivery, files=tuple(file.within("copy") for file in delivery.files))


class Way:
    """A home on one order's way."""

    def __init__(self, company: Company, order: str, root: Path, select: str = EVERYTHING) -> None:
        self.company, self.order, self.select = company, order, select
        shutil.copytree(company.begin.root, root)
        self.home = Home(root)
        self.luck = random.Random(f"{company.seed} {order} telling")
        self.open: list[Decision] = []
        """Decisions that could not be carried out yet: nothing of theirs is held so far."""
        self.newest = 0
        self.runs = 0
        self.scratch = root.parent / f"{root.name} scratch"
        self.scratch.mkdir()

    def go(self, todo: Iterable[Step], tell: Callable[[str], None] = lambda _: None) -> None:
        """Takes all steps, and what is left of the decisions."""
        for number, step in enumerate(todo):
            self._take(step)
            tell(f"{self.order}: step {number}, {len(step.deliveries)} exports{', built' if step.builds else ''}")
        for _ in range(3):
            if not self.open:
                break
            self._freeze(AS_OF)
            self._decide()

    def _take(self, step: Step) -> None:
        for change in step.changes:
            (self.home.root / change.name).write_text(change.text, encoding="utf-8")
        for one in step.deliveries:
            deliver(self.home, self._told(one))
            self.newest = max(self.newest, one.night)
        self._land(step.breaks_off)
        self.open += step.decisions
        self._decide()
        if step.builds or step.publishes:
            self._build(step.publishes)
            self._decide()

    @property
    def as_of(self) -> dt.date:
        """The day after the newest export."""
        return LAST - dt.timedelta(days=self.company.nights - 1 - self.newest) + dt.timedelta(days=1)

    def _told(self, delivery: Delivery) -> Iterable[told.File]:
        if self.order != "told anew" or delivery.is_decided or self.luck.random() >= _TOLD:
            return delivery.files
        contract = load_contract(delivery.source, self.home)
        [file] = delivery.files
        read = told.read(file, contract, self.scratch, True)
        for way in self.luck.sample(told.TELLINGS, len(told.TELLINGS)):
            if said := way(read, self.luck):
                return said
        return delivery.files

    def _land(self, breaks_off: bool) -> None:
        sources = sorted(path.name for path in self.home.inbox.iterdir() if path.is_dir())
        for source in sources:
            exports = find_exports(self.home, source)
            self.luck.shuffle(exports)
            for export in exports:
                if breaks_off:
                    with suppress(_Off):
                        land(self.home, export, gate=_break_off, as_of=self.as_of, threads=1)
                    breaks_off = False
                outcome = land(self.home, export, gate=lambda *_: [], as_of=self.as_of, threads=1)
                # a copy of what a person took out stays out
                known = outcome.status in ("landed", "duplicate") or "taken out by a person" in outcome.reason
                assert known, f"seed {self.company.seed}, order “{self.order}”: {outcome}"

    def _decide(self) -> None:
        self.open = [one for one in self.open if not self._carry_out(one)]

    def _carry_out(self, decision: Decision) -> bool:
        found = [
            batch
            for batch in Ledger(self.home).state().batches.values()
            if (batch.source, batch.account) == (decision.delivery.source, decision.delivery.files[0].account)
            and any(file["path"].endswith(decision.path) for file in batch.files)
        ]
        if not found:
            return False
        for batch in found:
            try:
                (accept if decision.kind == "accept" else reject)(self.home, batch.batch_id, "a person", "a test")
            except UnknownBatch:
                return False
        return True

    def _freeze(self, as_of: dt.date) -> None:
        self.runs += 1
        run_id = f"run-{self.runs:03d}"
        freeze(self.home, run_id, as_of, load_settings(self.home), load_accounts(self.home))

    def _build(self, publishes: bool) -> None:
        if publishes:
            whole_night(self.home, self.as_of, f"published-{self.runs:03d}")
        else:
            self._freeze(self.as_of)
            build_all(self.home, self.select)


def _break_off(*_: object) -> list[object]:
    raise _Off


def whole_night(home: Home, as_of: dt.date, run_id: str, full_refresh: bool = False) -> None:
    """Freezes, builds, checks and publishes by the steps of a night."""
    with _home_is(home):
        conf = {"as_of": as_of.isoformat(), "run_id": run_id, "full_refresh": full_refresh, "wait": False}
        _, run = steps.start(conf, dt.datetime.now(tz=dt.UTC))
        steps.freeze(run)
        for stage in STAGES:
            steps.build(run, stage)
        steps.gate_mart(run)
        steps.publish(run)


def again_in_full(home: Home, root: Path, finish: Callable[[Home], None] | None = None) -> Home:
    """The same home with an empty warehouse and nothing published, and its mart built in one go: by a whole night, or
    by `finish`."""
    for kept in ("landing", "sources", "secrets", "inbox", "archive", "quarantine"):
        if (home.root / kept).exists():
            shutil.copytree(home.root / kept, root / kept, copy_function=os.link, symlinks=True)
    for path in home.root.iterdir():
        if path.suffix in (".csv", ".toml"):
            shutil.copy2(path, root / path.name)
    other = Home(root)
    if finish:
        finish(other)
    else:
        whole_night(other, AS_OF, "in-full", full_refresh=True)
    return other


@contextmanager
def _home_is(home: Home) -> Iterator[None]:
    before = os.environ.get(HOME_VARIABLE)
    os.environ[HOME_VARIABLE] = str(home.root)
    try:
        yield
    finally:
        if before is None:
            del os.environ[HOME_VARIABLE]
        else:
            os.environ[HOME_VARIABLE] = before
