"""The open points after a night: what needs a person, grouped by cause, each with its sentence and its command.

Everything is read from where it is kept: the run's record and checks, the ledger, the freeze. So a night by
`raceway run`, one under a scheduler, and the operators' page all see the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Literal, NamedTuple

from raceway.common.home import Home
from raceway.common.texts import clean
from raceway.config.settings import Settings
from raceway.contracts.files import source_names
from raceway.history.holds import Hold, open_hold
from raceway.history.records import Check, RunRecord, Severity, run_checks
from raceway.inbox.exports import find_exports
from raceway.inbox.strays import strays
from raceway.ledger.ledger import BatchState, Ledger, LedgerState
from raceway.ledger.left_out import left_out

Cause = Literal[
    "no_mart", "publish_held", "failed", "gate", "late", "refused_file", "refused_batch", "held", "rows", "waiting",
    "stray", "check", "undelivered",
]  # fmt: skip
CAUSES: Final[tuple[Cause, ...]] = (
    "no_mart", "publish_held", "failed", "gate", "late", "refused_file", "refused_batch", "held", "rows", "waiting",
    "stray", "check", "undelivered",
)  # fmt: skip
"""In the order in which a message tells them."""

DELIVERED: Final = "message_is_delivered"
"""The check that says whether a route took a night's message."""

_LONGEST: Final = 400
_RELEASE: Final = 'raceway rollback --release --why "…"'
_STAGED: Final = re.compile(r"stg_(\w+?)__")
_BROKEN: Final = re.compile(r"(.*?rows? breaks? it)\b", re.DOTALL)
_PLAIN_PATH: Final = re.compile(r"[\w./+=,()\- ]{1,150}")


class Place(NamedTuple):
    """An account of a source; empty where a point is about the whole."""

    source: str = ""
    account: str = ""

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


@dataclass(frozen=True)
class Point:
    """One thing that needs a person."""

    cause: Cause
    severity: Severity
    key: str
    """The same on every night on which it is the same thing."""
    place: Place
    subject: str
    """The file, batch or check; of several the newest, with their number."""
    sentence: str
    """What is wrong and what to do, as the program says it everywhere."""
    command: str
    """What mends it, to be pasted into a shell; empty where the sentence says what to do elsewhere."""
    count: int = 1
    ids: tuple[str, ...] = ()
    """What a decision about it names: batches, files of the inbox, or the check; the newest first."""
    model: str = ""
    """The model that a check is about."""
    claim: str = ""
    """What a check expects, in English."""
    is_old: bool = False
    """Known for longer than raw files are kept: nothing is said of it any more."""


@dataclass(frozen=True)
class Night:
    """What a run of `race_mart` leaves to be told. `started_at` is UTC."""

    run_id: str
    as_of: dt.date
    started_at: dt.datetime
    record: RunRecord | None
    """None where it broke off without one."""
    late: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """published, skipped, held, refused or failed."""
        return self.record.status if self.record else "failed"


def open_points(home: Home, settings: Settings, night: Night) -> list[Point]:
    """All open points after a night, the worst cause first; those that are too old to be told, too."""
    state = Ledger(home).state()
    oldest = night.started_at - dt.timedelta(days=settings.retention.archive_days)
    checks = run_checks(home, night.run_id)
    found = [
        *_publish_held(home),
        *_broken_off(night),
        *_gate(night, checks),
        *_late(night),
        *_refused_files(state, oldest),
        *_refused_batches(state, oldest),
        *_held(home, state, night),
        *_rows(state, night),
        *_waiting(home, settings, state, night),
        *_strays(home),
        *_failed_checks(checks),
    ]
    return sorted(found, key=lambda point: (CAUSES.index(point.cause), point.place, point.subject))


def said(text: str, longest: int = _LONGEST) -> str:
    """Other people's words (of a file's name, a cell) as one line that pings nobody in a chat.

    A mention needs its sign right before its name, so a word joiner, which nobody sees, stands between them.
    """
    line = " ".join(clean(text).split())
    line = re.sub(r"([@#])(?=\w)|(<)(?=[!@#&])", lambda sign: f"{sign[0]}\u2060", line)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def late_mart(settings: Settings, due: dt.date, newest: RunRecord | None, held: Hold | None = None) -> Point:
    """The point that says that the mart of the day `due` is not published by its deadline; `held` is why, if it is."""
    stands = f"the newest is as of {newest.as_of}" if newest else "none was ever published"
    if held is not None:
        sentence = f"no mart of {due} was published by {settings.alerts.deadline} ({settings.business.zone}): {held}"
        return Point("no_mart", "critical", "no_mart", Place(), str(due), said(sentence), _RELEASE)
    return Point(
        "no_mart", "critical", "no_mart", Place(), str(due),
        f"no mart of {due} was published by {settings.alerts.deadline} ({settings.business.zone}); {stands}. Look "
        "whether the night ran at all (raceway status, Airflow's page), then run it",
        "raceway run",
    )  # fmt: skip


def undelivered(route: str, reason: str) -> Point:
    """The point that says that a route did not take its message."""
    return Point(
        "undelivered", "warning", f"undelivered|{route}", Place(), route, said(reason), "raceway doctor --notify"
    )


# each cause


def _publish_held(home: Home) -> Iterator[Point]:
    held = open_hold(home)
    if held is not None:
        yield Point("publish_held", "warning", f"publish_held|{held.since.isoformat()}", Place(), held.version,
                    said(str(held)), _RELEASE, ids=(held.version,))  # fmt: skip


def _broken_off(night: Night) -> Iterator[Point]:
    if night.status == "failed":
        sentence = night.record.message if night.record else "a step broke off; the reason stands in the log"
        yield Point("failed", "critical", "failed", Place(), night.run_id, said(sentence), "raceway run")


def _gate(night: Night, checks: Iterable[Check]) -> Iterator[Point]:
    if night.status != "refused":
        return
    stopping = [check for check in checks if check.stops]
    for check in stopping:
        key = f"gate|{check.subject}|{check.name}"
        command = f'raceway waive {shlex.quote(check.name)} --why "…"' if check.kind != "dbt_test" else "raceway run"
        yield Point("gate", "critical", key, Place(), check.name, said(check.message), command,
                    ids=(f"{check.subject}.{check.name}",), claim=check.expected)  # fmt: skip
    if not stopping:
        sentence = night.record.message if night.record else ""
        yield Point("gate", "critical", "gate", Place(), night.run_id, said(sentence), "raceway run")


def _late(night: Night) -> Iterator[Point]:
    for sentence in night.late:
        named, _, what = sentence.partition(": ")
        place = Place(*named.split("/", 1))
        told = said(f"{what}. Put its newest export into inbox/{place}/ and run again")
        yield Point("late", "warning", f"late|{place}", place, str(place), told, "raceway run")


def _refused_files(state: LedgerState, oldest: dt.datetime) -> Iterator[Point]:
    groups = defaultdict(list)
    for file in state.files.values():
        if file.status == "refused" and not file.batches:
            groups[Place(file.source, file.account), _alike(file.reason, file.path)].append(file)
    for (place, alike), files in groups.items():
        newest = max(files, key=lambda file: (file.when, file.path))
        named = f"{newest.source}/{newest.account}/{newest.path}"
        alone = f" {shlex.quote(named)}" if len(files) == 1 and _PLAIN_PATH.fullmatch(named) else ""
        yield Point(
            "refused_file", "warning", f"refused_file|{place}|{alike}", place, said(newest.path, 120),
            said(newest.reason), f"raceway retry{alone}", len(files), (named,), is_old=newest.when < oldest,
        )  # fmt: skip


def _refused_batches(state: LedgerState, oldest: dt.datetime) -> Iterator[Point]:
    groups = defaultdict(list)
    accepted = state.accepted()
    for batch in state.batches.values():
        if batch.status == "refused" and not _mended(batch, accepted):
            groups[Place(batch.source, batch.account), batch.table, _alike(batch.reason)].append(batch)
    for (place, table, alike), batches in groups.items():
        newest = max(batches, key=lambda batch: batch.batch_id)
        yield Point(
            "refused_batch", "warning", f"refused_batch|{place}|{table}|{alike}", place, _named(newest),
            said(newest.reason), f'raceway accept {newest.batch_id} --why "…"', len(batches),
            (newest.batch_id,), is_old=(newest.decided_at or oldest) < oldest,
        )  # fmt: skip


def _mended(refused: BatchState, accepted: Iterable[BatchState]) -> bool:
    """Whether a later export that was accepted covers the days of a refused batch."""
    if refused.covers_from is None or refused.covers_to is None:
        return False
    return any(
        (batch.source, batch.table, batch.account) == (refused.source, refused.table, refused.account)
        and batch.exported_at > refused.exported_at
        and batch.covers_from is not None
        and batch.covers_to is not None
        and batch.covers_from <= refused.covers_from
        and refused.covers_to <= batch.covers_to
        for batch in accepted
    )


def _held(home: Home, state: LedgerState, night: Night) -> Iterator[Point]:
    groups = defaultdict(list)
    for batch_id, reason in left_out(home, night.run_id).items():
        batch = state.batches.get(batch_id)
        if batch is not None:
            groups[Place(batch.source, batch.account), batch.table, _alike(reason)].append((batch, reason))
    for (place, table, alike), held in groups.items():
        batch, reason = max(held, key=lambda one: one[0].batch_id)
        yield Point(
            "held", "warning", f"held|{place}|{table}|{alike}", place, _named(batch), said(reason),
            f'raceway accept {batch.batch_id} --why "…"', len(held), (batch.batch_id,),
        )  # fmt: skip


def _rows(state: LedgerState, night: Night) -> Iterator[Point]:
    for batch in state.batches.values():
        if batch.landed_at is None or batch.landed_at.date() < night.started_at.date() - dt.timedelta(days=1):
            continue
        refused = int(batch.head["rows_refused"])
        if refused and batch.is_accepted:
            sentence = (
                f"{refused} of {batch.head['rows_read']} rows could not be read and are left out; each lies with its "
                f"reason in quarantine/{batch.source}/{batch.account}"
            )
            key = f"rows|{batch.source}/{batch.account}|{batch.table}"
            yield Point("rows", "warning", key, Place(batch.source, batch.account), _named(batch), sentence,
                        f"raceway reject {batch.batch_id} --why \"…\"", ids=(batch.batch_id,))  # fmt: skip


def _waiting(home: Home, settings: Settings, state: LedgerState, night: Night) -> Iterator[Point]:
    """Exports that lay in the inbox, at rest, when the night began and are still not decided."""
    began = night.started_at.timestamp() - settings.inbox.rest_seconds
    for source in source_names(home):
        if not (home.inbox / source).is_dir():
            continue
        by_account: dict[str, list[str]] = defaultdict(list)
        for export in find_exports(home, source, state):
            files = [home.inbox / source / export.account / file.path for file in export.files if not file.is_archived]
            if all(file.exists() and file.stat().st_ctime < began for file in files):
                by_account[export.account].append(export.name)
        for account, names in by_account.items():
            place = Place(source, account)
            sentence = (
                f"{len(names)} exports lay in the inbox when the night began and are not decided: landing broke off, "
                "or the source's DAG did not run. Nothing of them is lost; the next run reads them"
            )
            yield Point("waiting", "warning", f"waiting|{place}", place, said(sorted(names)[-1], 120), sentence,
                        "raceway run", len(names))  # fmt: skip


def _strays(home: Home) -> Iterator[Point]:
    for sentence in strays(home):
        where = sentence.partition(":")[0]
        yield Point("stray", "warning", f"stray|{where}", Place(), said(where, 120), said(sentence), "")


def _failed_checks(checks: Sequence[Check]) -> Iterator[Point]:
    """What did not hold and stops nothing. A sentence about a route that took no message has its own cause."""
    for check in checks:
        if check.passed or check.stops or check.severity == "info":
            continue
        if check.name == DELIVERED:
            yield undelivered(check.subject, check.message)
            continue
        staged = _STAGED.match(check.subject)
        place = Place(check.subject.partition(".")[0] if check.batch_id else staged[1] if staged else "")
        yield Point("check", "warning", f"check|{check.subject}|{check.name}", place, check.name, _of_check(check), "",
                    model=check.subject, claim=check.expected)  # fmt: skip


def _of_check(check: Check) -> str:
    """A check's sentence without its rows, of which some hold what nobody should read in a chat."""
    broken = _BROKEN.match(check.message)
    if broken is None or not check.remedy:
        return said(check.message)
    rows = f" Rows: {check.rows_file}" if check.rows_file else ""
    return said(f"{broken[1]}. {check.remedy[0].upper()}{check.remedy[1:]}.{rows}", 600)


def _named(batch: BatchState) -> str:
    files = [said(PurePosixPath(file["path"]).name, 80) for file in batch.files]
    return f"{batch.source}.{batch.table}: {', '.join(files[:2])}{' …' if len(files) > 2 else ''}"


def _alike(reason: str, name: str = "") -> str:
    """What a sentence has in common with that of another night: without its file, days and numbers."""
    bare = re.sub(r"\d+", "#", reason.replace(name, "") if name else reason)
    return hashlib.sha256(bare.encode()).hexdigest()[:12]
