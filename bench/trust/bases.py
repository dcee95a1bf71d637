"""A base: a company's nights landed one after the other, so that any of them can be landed again, spoiled.

    <work>/seed-<seed>/home/          a home in which every night's files were landed by raceway's own code
                      raw/<day>/      those files, as they came, by source and account
                      events/<day>/   what the ledger heard in that night
                      nights.jsonl    one line for each finished night; a second call goes on behind the last

An injection gets a home of its own: the ledger of the nights before, and hard links to the batches of its source.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from bench.trust import nights
from raceway.build import plausible
from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.init import init_home
from raceway.contracts.load import load_contract
from raceway.inbox.exports import find_exports
from raceway.landing import profile
from raceway.landing.land import land
from raceway.landing.outcome import Outcome
from raceway.ledger.compaction import compact
from raceway.ledger.ledger import Ledger

LAST: Final = dt.date(2026, 6, 30)
_COMPACT_EVERY: Final = 40
"""Nights after which the ledger is compacted, as a night's upkeep would."""
_OF_A_HOME: Final = {".csv", ".toml"}


@dataclass(frozen=True)
class Base:
    """One company's nights."""

    folder: Path
    seed: int
    scale: float

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    def days(self) -> list[dt.date]:
        """The days whose nights have landed, in order."""
        noted = self.folder / "nights.jsonl"
        lines = noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
        return [dt.date.fromisoformat(json.loads(line)["day"]) for line in lines]

    def files(self, day: dt.date, source: str, account: str) -> list[Path]:
        """The raw files of an account in the night after a day."""
        folder = self.folder / "raw" / day.isoformat() / source / account
        return sorted(path for path in folder.rglob("*") if path.is_file())

    def nights_of_batches(self) -> dict[str, dt.date]:
        """Of each batch the day whose night brought it."""
        lines = map(json.loads, (self.folder / "nights.jsonl").read_text(encoding="utf-8").splitlines())
        return {
            batch: dt.date.fromisoformat(line["day"])
            for line in lines
            for outcome in line["outcomes"]
            for batch in outcome["batches"]
        }

    def home_before(self, root: Path, day: dt.date, source: str) -> Home:
        """A home in which the nights before that of `day` have landed, as far as one source goes."""
        shutil.rmtree(root, ignore_errors=True)
        mine = Home(root)
        for path in self.home.root.iterdir():
            if path.suffix in _OF_A_HOME:
                root.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, root / path.name)
        for folder in ("secrets", "sources"):
            shutil.copytree(self.home.root / folder, root / folder)
        mine.ledger.mkdir(parents=True)
        shutil.copy2(self.home.landing / "_key.txt", mine.landing / "_key.txt")
        for before in self.days():
            if before >= day:
                break
            for event in (self.folder / "events" / before.isoformat() / source).glob("*.json"):
                os.link(event, mine.ledger / event.name)
        for table in (path for path in (self.home.landing / source).iterdir() if path.is_dir()):
            (mine.landing / source / table.name).mkdir(parents=True)
            for batch in table.iterdir():
                (mine.landing / source / table.name / batch.name).symlink_to(batch.absolute())
        for kept in (self.home.landing / source).glob("*.json"):  # what was found of the nights before holds here, too
            shutil.copy2(kept, mine.landing / source / kept.name)
        return mine


def night_of(day: dt.date) -> dt.date:
    """The `as_of` of the night after a day."""
    return day + dt.timedelta(days=1)


def make_base(
    work: Path, seed: int, days: int, scale: float, tell: Callable[[str], None] = print, sources: tuple[str, ...] = ()
) -> Base:
    """Lands the nights of a company of `seed`, or what is left of them."""
    base = Base(work / f"seed-{seed}", seed, scale)
    done = set(base.days())
    if len(done) >= days:
        write_profiles(base)
        return base
    tell(f"seed {seed}: inventing {days} days")
    invented = nights.invent_nights(days + 3, scale, seed, LAST)
    if not base.home.exists():
        init_home(base.home.root, nights.settings(), nights.accounts(invented.world.history_start))
    for number, day in enumerate(invented.days):
        if day not in done:
            _land_night(base, invented, day, sources)
            if number % 20 == 0:
                tell(f"seed {seed}: the night of {day} has landed")
        if number % _COMPACT_EVERY == _COMPACT_EVERY - 1:
            compact(base.home)
    write_profiles(base)
    return base


def _land_night(base: Base, invented: nights.Nights, day: dt.date, sources: tuple[str, ...]) -> None:
    home = base.home
    shutil.rmtree(home.inbox, ignore_errors=True)  # of a night that broke off
    invented.write(day, home.inbox, sources)
    raw, events = base.folder / "raw" / day.isoformat(), base.folder / "events" / day.isoformat()
    for folder in (raw, events):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(home.inbox, raw, copy_function=os.link)
    outcomes = []
    for source in sources or tuple(nights.WRITERS):
        (events / source).mkdir(parents=True)
        before = _loose(home)
        outcomes += land_all(home, source, night_of(day))
        for name in _loose(home) - before:
            os.link(home.ledger / name, events / source / name)
    line = {"day": day.isoformat(), "outcomes": [_told(outcome) for outcome in outcomes]}
    with (base.folder / "nights.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def program_of_the_gate() -> str:
    """Hash of the programs that profile and judge: what another one judged is judged anew."""
    return _hash(Path(profile.__file__), *sorted(Path(plausible.__file__).parent.glob("*.py")))[:12]


def _hash(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def write_profiles(base: Base) -> None:
    """Writes the batches' profiles anew where another program wrote them: what landed is the same."""
    program = _hash(Path(profile.__file__))
    noted = base.folder / "profiles.txt"
    if noted.exists() and noted.read_text() == program:
        return
    accounts = load_accounts(base.home)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'; set threads = 1")
        for batch in Ledger(base.home).state().batches.values():
            table = load_contract(batch.source, base.home).table(batch.table)
            zone = accounts[batch.source, batch.account].time_zone
            aside = batch.path.with_name(".profile.parquet")
            profile.write_profile(connection, table, zone, batch.path, aside)
            aside.replace(batch.path.with_name(profile.PROFILE))
    noted.write_text(program)


def land_all(home: Home, source: str, as_of: dt.date) -> list[Outcome]:
    """Lands what waits of a source, as its DAG would."""
    return [land(home, export, as_of=as_of, threads=1) for export in find_exports(home, source)]


def _told(outcome: Outcome) -> dict[str, Any]:
    return {"source": outcome.source, "account": outcome.account, "status": outcome.status, "reason": outcome.reason,
            "batches": list(outcome.batches)}  # fmt: skip


def _loose(home: Home) -> set[str]:
    return {path.name for path in home.ledger.glob("2*.json")} if home.ledger.is_dir() else set()
