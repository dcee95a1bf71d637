"""How a home stands: sources and their freshness, what waits or was refused, the last runs, what is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from rich.console import Console

from raceway.build.freeze import waiting_for_rates
from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.console.show import print_table
from raceway.contracts.files import source_names
from raceway.history.holds import open_hold
from raceway.history.records import RunRecord, run_records
from raceway.inbox.exports import find_exports
from raceway.inbox.strays import strays
from raceway.ledger.ledger import BatchState, FileState, Ledger, LedgerState
from raceway.publish.backfill import undecided
from raceway.publish.current import damage_of_current
from raceway.publish.version import published_version

LAST_RUNS: Final = 5


@dataclass(frozen=True)
class SourceStatus:
    """One account of a source. `last_file_at` is when its newest file was decided (UTC)."""

    source: str
    account: str
    batches: int
    covers_to: dt.date | None
    days_behind: int | None
    """Days from the newest covered day to the day before `as_of` of the last run (of an account that has ended: to its
    last day); before the first run `as_of` is the business day. None where nothing has landed."""
    last_file: str | None
    last_file_at: dt.datetime | None
    exports_waiting: int


@dataclass(frozen=True)
class Undecided:
    """A batch or file that is not in effect, and why."""

    what: str
    """pending, refused or rejected batch; refused file."""
    source: str
    account: str
    name: str
    """The batch's id, or the file's path in the inbox."""
    reason: str


@dataclass(frozen=True)
class Status:
    """Everything `raceway status` shows."""

    home: str
    published: dict[str, Any] | None
    sources: list[SourceStatus]
    undecided: list[Undecided]
    runs: list[RunRecord]
    strays: list[str] = field(default_factory=list)
    """Sentences about files in the inbox that no source looks at."""
    backfills: list[str] = field(default_factory=list)
    """Sentences about backfills that wait for a decision."""
    damage: str = ""
    """The sentence that says why readers see no version, though one was published; empty where all is well."""
    held: str | None = None
    """The sentence that says since when publishing is held, by whom and why; None where nights publish."""

    def to_dict(self) -> dict[str, Any]:
        """As values that `json.dumps(…, default=str)` writes."""
        return asdict(self)


def read_status(home: Home) -> Status:
    """Reads how the home stands; changes nothing. Raises BadSettings and BadContract."""
    settings = load_settings(home)
    state = Ledger(home).state()
    runs = run_records(home)
    as_of = runs[-1].as_of if runs else settings.business_day(dt.datetime.now(tz=dt.UTC))
    waiting = {source: find_exports(home, source, state) for source in source_names(home)}
    listed = load_accounts(home)
    accounts = set(listed) | {(batch.source, batch.account) for batch in state.batches.values()}
    ends = {key: account.ended_on for key, account in listed.items() if account.ended_on is not None}
    version = published_version(home)
    held = open_hold(home)
    return Status(
        home=str(home.root),
        published=None
        if version is None
        else {"version": version.name, "as_of": version.as_of, "published_at": version.published_at,
              "path": str(home.current)},
        sources=[
            _source(state, source, account, min(as_of - dt.timedelta(days=1), ends.get((source, account), dt.date.max)),
                    sum(export.account == account for export in waiting.get(source, [])))
            for source, account in sorted(accounts)
        ],
        undecided=[*_undecided_batches(home, state), *_refused_files(state)],
        runs=runs[-LAST_RUNS:][::-1],
        strays=strays(home),
        backfills=undecided(home),
        damage=damage_of_current(home),
        held=None if held is None else str(held),
    )  # fmt: skip


def show_status(console: Console, status: Status) -> None:
    """Prints a status as tables."""
    if status.published is None:
        console.print(status.damage or "Nothing is published yet.", markup=False, highlight=False, soft_wrap=True)
    else:
        console.print(f"Published: [bold]{status.published['version']}[/bold], as of {status.published['as_of']}")
    if status.held is not None:
        console.print(status.held, style="yellow", markup=False, highlight=False, soft_wrap=True)
    print_table(
        console,
        "Sources",
        ("source", "account", ">batches", "days to", ">behind", "last file…", "decided (UTC)", ">waiting"),
        [
            (line.source, line.account, str(line.batches), _text(line.covers_to), _text(line.days_behind),
             _text(line.last_file), f"{line.last_file_at:%Y-%m-%d %H:%M}" if line.last_file_at else "",
             str(line.exports_waiting or ""))
            for line in status.sources
        ],
    )  # fmt: skip
    if status.undecided:
        print_table(
            console,
            "Not in effect",
            ("what", "source", "batch or file…", "why…"),
            [(line.what, f"{line.source}/{line.account}", line.name, line.reason) for line in status.undecided],
        )
    for sentence in [*status.strays, *status.backfills]:
        console.print(sentence, markup=False)
    if status.runs:
        print_table(
            console,
            "Last runs",
            ("run", "as of", "status", ">seconds", "message…"),
            [
                (run.run_id, str(run.as_of), run.status,
                 f"{(run.finished_at - run.started_at).total_seconds():.0f}", run.message)
                for run in status.runs
            ],
        )  # fmt: skip


def _source(state: LedgerState, source: str, account: str, expected: dt.date, waiting: int) -> SourceStatus:
    """How an account stands; `expected` is the newest day that it could cover."""
    accepted = [batch for batch in state.accepted(source) if batch.account == account]
    covers_to = max((batch.covers_to for batch in accepted if batch.covers_to is not None), default=None)
    files = [file for file in state.files.values() if (file.source, file.account) == (source, account)]
    newest: FileState | None = max(files, key=lambda file: file.when, default=None)
    return SourceStatus(
        source=source,
        account=account,
        batches=len(accepted),
        covers_to=covers_to,
        days_behind=max(0, (expected - covers_to).days) if covers_to else None,
        last_file=newest.path if newest else None,
        last_file_at=newest.when if newest else None,
        exports_waiting=waiting,
    )


def _undecided_batches(home: Home, state: LedgerState) -> list[Undecided]:
    rates = waiting_for_rates(home)
    found = []
    for batch in sorted(state.batches.values(), key=lambda batch: batch.batch_id):
        reason = rates.get(batch.batch_id) or _reason(batch)
        if reason is not None:
            what = "pending" if batch.status in ("landed", "accepted") else batch.status
            found.append(Undecided(f"{what} batch", batch.source, batch.account, batch.batch_id, reason))
    return found


def _reason(batch: BatchState) -> str | None:
    if batch.is_accepted or batch.status == "replaced":
        return None
    return batch.reason or ("not yet decided: its run broke off" if batch.status == "landed" else "no reason given")


def _refused_files(state: LedgerState) -> list[Undecided]:
    return [
        Undecided("refused file", file.source, file.account, f"{file.source}/{file.account}/{file.path}", file.reason)
        for file in sorted(state.files.values(), key=lambda file: (file.source, file.account, file.path))
        if file.status == "refused"
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)
