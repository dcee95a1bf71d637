"""A backfill: the days of a range are read again with today's contracts, looked at, and then switched in or dropped.

    backfills/b3/backfill.json      who asked for what and why, what is read otherwise, what became of it
                 landing/…          the new batches, as they will lie in the home's landing/
                 quarantine/rows/…  their refused rows

    registered ──► read again, aside ──► compared (see backfill_trial) ──► approved: switched in
                                                                      └──► dropped

Nights go on meanwhile: nothing of a backfill counts before it is approved. Switching in holds the home alone for a
moment. A new batch is accepted before the one that it replaces is taken out, so that a kill loses nothing; whoever
approves again goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from raceway.common.faults import PermanentFault
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.lock import alone
from raceway.common.moments import utc_text
from raceway.common.own_files import mended_by, read_own_json
from raceway.common.who import who_decides
from raceway.config.settings import load_settings
from raceway.contracts.load import load_contract
from raceway.inbox.raw_files import private, refused_rows
from raceway.ledger.ledger import Ledger
from raceway.publish.read_again import ReadAgain, Tell, read_again

Status = Literal["registered", "waiting", "switching", "approved", "dropped"]

_FILE: Final = "backfill.json"
_BROKEN_OFF: Final = dt.timedelta(days=1)
"""No reading takes so long."""


@dataclass(frozen=True)
class Backfill:
    """One backfill. Moments are UTC."""

    name: str
    first: dt.date
    last: dt.date
    source: str | None
    who: str
    why: str
    since: dt.datetime
    status: Status = "registered"
    """registered (reading broke off or is at work), waiting (for a decision), switching, approved or dropped."""
    batches: tuple[ReadAgain, ...] = ()
    unchanged: int = 0
    left: tuple[str, ...] = ()
    decided_by: str = ""
    decided_at: dt.datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        values = asdict(self)
        for name in ("first", "last", "since", "decided_at"):
            values[name] = values[name].isoformat() if values[name] else None
        return values


def backfills(home: Home) -> list[Backfill]:
    """All backfills, oldest first."""
    files = home.backfills.glob(f"b*/{_FILE}")
    return sorted((_read(file) for file in files), key=lambda one: int(one.name[1:]))


def find_backfill(home: Home, name: str) -> Backfill:
    """The backfill of this name. Raises PermanentFault."""
    known = {one.name: one for one in backfills(home)}
    if name not in known:
        raise PermanentFault(f"{name}: no such backfill; there are {', '.join(known) or 'none'}")
    return known[name]


def start_backfill(
    home: Home, first: dt.date, last: dt.date, source: str | None, why: str, tell: Tell, who: str | None = None
) -> Backfill:
    """Registers a backfill and reads its exports again, aside.

    Raises PermanentFault without a reason, for a range that ends before it begins, where nothing of the range was ever
    accepted, or where every raw file is gone; BadContract for a source that is none.
    """
    if not why.strip():
        raise PermanentFault("a backfill needs its reason: --why, with what has changed since the files were read")
    if last < first:
        raise PermanentFault(f"--to {last} lies before --from {first}")
    if source is not None:
        load_contract(source, home)
    now = dt.datetime.now(tz=dt.UTC)
    backfill = Backfill(_claim(home), first, last, source, who_decides(who), why.strip(), now)
    folder = home.backfills / backfill.name
    _write(home, backfill)
    found = read_again(home, folder, first, last, source, load_settings(home).business_day(now), tell)
    if not found.batches and not found.unchanged:
        drop_backfill(home, backfill.name, who)
        why = f"{len(found.left)} exports, as {found.left[0]}" if found.left else "no accepted batch covers a day of it"
        raise PermanentFault(f"nothing of {first} to {last} could be read again: {why}")
    backfill = replace(backfill, status="waiting", batches=found.batches, unchanged=found.unchanged, left=found.left)
    if not found.batches:
        backfill = replace(backfill, status="dropped", decided_by=backfill.who, decided_at=now)
    _write(home, backfill)
    return backfill


def approve_backfill(home: Home, name: str, who: str | None = None) -> tuple[Backfill, list[str]]:
    """Switches a backfill's batches in; they count from the next run on.

    Gives sentences about batches that stay out, since what they would replace was taken out meanwhile. Raises
    PermanentFault where there is nothing to approve, HomeIsLocked while a run is at work.
    """
    backfill = find_backfill(home, name)
    if backfill.status not in ("waiting", "switching"):
        raise PermanentFault(f"{name}: is {backfill.status}, so there is nothing to approve")
    by = who_decides(who)
    stays_out = []
    with alone(home):
        _write(home, replace(backfill, status="switching", decided_by=by))
        for one in backfill.batches:
            if said := _switch_in(home, backfill, one, by):
                stays_out.append(said)
        done = replace(backfill, status="approved", decided_by=by, decided_at=dt.datetime.now(tz=dt.UTC))
        _write(home, done)
    _clear(home, name)
    return done, stays_out


def drop_backfill(home: Home, name: str, who: str | None = None) -> Backfill:
    """Throws away what a backfill has read. Raises PermanentFault where it is decided already."""
    backfill = find_backfill(home, name)
    if backfill.status not in ("registered", "waiting"):
        raise PermanentFault(f"{name}: is {backfill.status}; what is switched in goes with: raceway reject BATCH")
    dropped = replace(backfill, status="dropped", decided_by=who_decides(who), decided_at=dt.datetime.now(tz=dt.UTC))
    _write(home, dropped)
    _clear(home, name)
    return dropped


def undecided(home: Home) -> list[str]:
    """Sentences about backfills that wait for a decision, or broke off while they were switched in."""
    said = {
        "waiting": "waits for a decision: raceway backfill --approve {name}, or raceway backfill --drop {name}",
        "switching": "broke off while it was switched in: go on with raceway backfill --approve {name}",
    }
    return [
        f"backfill {one.name} of {one.first} to {one.last}, by {one.who} ({one.why}), "
        + said[one.status].format(name=one.name)
        for one in backfills(home)
        if one.status in said
    ]


def sweep_backfills(home: Home, days: int, now: dt.datetime) -> int:
    """Drops backfills that nobody has decided for `days` (as long as raw files are kept: they hold what those say), and
    those whose reading broke off a day ago; gives their number."""
    old = [
        one
        for one in backfills(home)
        if (one.status == "waiting" and now - one.since > dt.timedelta(days=days))
        or (one.status == "registered" and now - one.since > _BROKEN_OFF)
    ]
    for one in old:
        drop_backfill(home, one.name, "upkeep")
    return len(old)


def switch_in(home: Home, one: ReadAgain, who: str, why: str) -> None:
    """Tells a home's ledger of a batch that lies in its landing, and takes out what it replaces."""
    ledger = Ledger(home)
    state = ledger.state()
    before = state.batches.get(one.replaces or "")
    file = home.landing / one.source / one.table / one.batch_id / "manifest.json"
    if one.batch_id not in state.batches:
        manifest = read_own_json(file, _MEND_MANIFEST)
        ledger.append("landed", manifest=manifest, source=one.source, account=one.account, files=[])
    known = ledger.state().batches[one.batch_id]
    for sighting in sorted({*(before.sightings if before else ())} - {*known.sightings}):
        ledger.append("duplicate", batch_id=one.batch_id, exported_at=utc_text(sighting), source=one.source,
                      account=one.account, files=[])  # fmt: skip
    if not known.is_accepted:
        ledger.append("accepted", batch_id=one.batch_id, who=who, why=why)
    if before is not None and before.is_accepted:
        ledger.append("rejected", batch_id=before.batch_id, who=who, why=f"read again as {one.batch_id}: {why}")


def _switch_in(home: Home, backfill: Backfill, one: ReadAgain, who: str) -> str:
    """Moves a batch into the home's landing and lets it count; gives a sentence where it stays out."""
    state = Ledger(home).state()
    before = state.batches.get(one.replaces or "")
    if before is not None and not before.is_accepted and one.batch_id not in state.batches:
        return f"{one.batch_id} stays out: {before.batch_id}, which it would replace, is {before.status} by now"
    aside = Home(home.backfills / backfill.name)
    below = Path(one.source, one.table, one.batch_id)
    states = Path(one.source, f"{one.table}__states")
    moved = [*(aside.landing / states).glob(f"{one.batch_id}_*.parquet"), aside.landing / below]
    for path in moved:
        target = home.landing / path.relative_to(aside.landing)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.rename(target)
    manifest = read_own_json(home.landing / below / "manifest.json", _MEND_MANIFEST)
    if (rows := refused_rows(aside, manifest)).exists():
        private(refused_rows(home, manifest).parent)
        rows.chmod(0o600)
        rows.rename(refused_rows(home, manifest))
    switch_in(home, one, who, f"backfill {backfill.name}: {backfill.why}")
    return ""


def _claim(home: Home) -> str:
    """A new backfill's name, with its folder."""
    home.backfills.mkdir(exist_ok=True, mode=0o700)
    number = 1 + max((int(path.name[1:]) for path in home.backfills.glob("b[0-9]*")), default=0)
    while True:
        try:
            (home.backfills / f"b{number}").mkdir(mode=0o700)
        except FileExistsError:  # somebody else began one just now
            number += 1
        else:
            return f"b{number}"


def _clear(home: Home, name: str) -> None:
    """Removes all of a backfill but its record."""
    for path in (home.backfills / name).iterdir():
        if path.name != _FILE:
            shutil.rmtree(path, ignore_errors=True)


def _read(file: Path) -> Backfill:
    with mended_by(file, _MEND):
        said = read_own_json(file, _MEND)
        return Backfill(**said | {
            "first": dt.date.fromisoformat(said["first"]),
            "last": dt.date.fromisoformat(said["last"]),
            "since": dt.datetime.fromisoformat(said["since"]),
            "decided_at": dt.datetime.fromisoformat(said["decided_at"]) if said["decided_at"] else None,
            "batches": tuple(ReadAgain(**one) for one in said["batches"]),
            "left": tuple(said["left"]),
        })  # fmt: skip


_MEND: Final = "take the backfill's folder away; nothing of it counts before it is approved, and it can be begun again"
_MEND_MANIFEST: Final = "drop the backfill and begin it again: raceway backfill --drop ID"


def _write(home: Home, backfill: Backfill) -> None:
    text = json.dumps(backfill.to_dict(), ensure_ascii=False, indent=2) + "\n"
    write_aside(home.backfills / backfill.name / _FILE, text)
