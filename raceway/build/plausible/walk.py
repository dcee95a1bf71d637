"""The walk over the batches of each source, account and table: which are held, and which are odd.

    of each source and table the batches by (exported_at, the file's own time, content hash)
        ──► each judged against the earlier ones of its account that are not held ──► held with a sentence, or in effect

The order of arrival plays no part, and what a person accepted is not judged.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import duckdb

from raceway.build.plausible.case import Case, Oddity, Past
from raceway.build.plausible.cut import Before, claimed, doubts, take, told_of_short_orders
from raceway.build.plausible.figures import Figures, Sheet, read_figures
from raceway.build.plausible.holidays import special_days
from raceway.build.plausible.judge import lacks_baseline, oddities
from raceway.build.plausible.kept import Found, Kept
from raceway.build.plausible.limits import FEWEST_DAYS, HORIZON
from raceway.config.accounts import Accounts
from raceway.config.settings import Settings
from raceway.contracts.load import load_contract
from raceway.history.records import Check
from raceway.ledger.states import BatchState

TOLD_DAYS: Final = 7
"""For how many days after its export a batch is warned about."""


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

    @property
    def to_decide(self) -> dict[str, str]:
        """The held batches that wait for a person."""
        return {batch_id: sentence for batch_id, sentence in self.held.items() if sentence}

    def told(self) -> list[str]:
        """What a version tells of it: the batches that wait for a person, and the sentences of the warnings."""
        return [*sorted(self.to_decide), *(check.message for check in self.warnings)]

    def checks(self) -> list[Check]:
        """The warnings, and how many batches could not be compared."""
        if not self.no_baseline:
            return self.warnings
        message = (
            f"{self.no_baseline} batches have fewer than {FEWEST_DAYS} earlier days to be compared with: no baseline; "
            "they count as they are"
        )
        counted = Check(
            name="has_a_baseline", kind="freeze", severity="info", passed=True, subject="effective_set",
            observed=str(self.no_baseline), expected="as few as new accounts bring", message=message,
        )  # fmt: skip
        return [*self.warnings, counted]


@dataclass
class _Account:
    """One account's batches of a table on the walk."""

    before: Before
    past: Past = field(default_factory=Past)
    waiting: list[BatchState] = field(default_factory=list)
    in_effect: list[tuple[Sheet, int]] = field(default_factory=list)
    """The sheets of batches that are not held, with the days of their exports."""


def judge_batches(
    accepted: Iterable[BatchState], accounts: Accounts, settings: Settings, as_of: dt.date | None = None
) -> Verdicts:
    """The verdicts on all accepted batches, from what landed, the decisions of people and the settings alone.

    With `as_of`, only batches of the week before it are warned about; what is held does not depend on it. What was
    found of a batch is kept beside the batches of its table, and found anew where anything before it is another.
    """
    groups: dict[tuple[str, str], list[BatchState]] = defaultdict(list)
    for batch in accepted:
        if not batch.is_filtered:
            groups[batch.source, batch.table].append(batch)
    verdicts = Verdicts()
    with duckdb.connect(config={"threads": 1}) as connection:
        for batches in groups.values():
            ordered = sorted(batches, key=lambda batch: (*batch.rank, batch.account))
            _walk(connection, ordered, accounts, settings, verdicts, as_of)
    return verdicts


def _walk(
    connection: duckdb.DuckDBPyConnection, batches: list[BatchState], accounts: Accounts, settings: Settings,
    verdicts: Verdicts, as_of: dt.date | None,
) -> None:  # fmt: skip
    """Judges the batches of one source and table, in order."""
    of_account: dict[str, list[BatchState]] = defaultdict(list)
    for batch in batches:
        of_account[batch.account].append(batch)
    told = {account: _Account(Before(orders=told_of_short_orders(of))) for account, of in of_account.items()}
    is_off = settings.gate.plausible == "off"
    kept = Kept(batches, accounts, settings)
    figures = None if is_off else _figures(connection, batches, kept, accounts)
    special = special_days(batches[0].home) if figures else frozenset()
    for batch in batches:
        account = told[batch.account]
        zone = accounts[batch.source, batch.account].zone
        case = (
            _case(batch, figures, told, accounts, special, settings)
            if figures and batch.batch_id in figures.of
            else None
        )
        found = Found() if is_off else kept.found(batch)
        if found is None:
            found = _found(batch, case)
            kept.keep(batch, found)
        why = ""
        if not batch.is_decided_by_a_person:
            holding = [oddity.says for oddity in found.oddities if oddity.is_held and settings.gate.plausible == "hold"]
            why = "; ".join([*doubts(batch, account.before, zone, settings), *holding])
            verdicts.no_baseline += found.lacks_baseline
        is_recent = as_of is None or (as_of - batch.exported_at.astimezone(zone).date()).days <= TOLD_DAYS
        if is_recent and found.turned_by:
            verdicts.warnings.append(_turned(batch, found.turned_by, bool(why)))
        if why:
            account.waiting.append(batch)
            verdicts.held[batch.batch_id] = _sentence(batch, why)
            continue
        if is_recent:
            verdicts.warnings += [_warning(batch, oddity) for oddity in found.oddities]
        take(batch, account.before)
        if case:
            _take(account, batch, case)
        for other in [w for w in account.waiting if w.scope_kind == "days" and claimed(w) <= claimed(batch)]:
            verdicts.held[other.batch_id] = ""
    if not is_off:
        kept.write()


def _take(account: _Account, batch: BatchState, case: Case) -> None:
    """Adds a batch that is not held to what the later ones of its account are compared with."""
    account.past.take(batch.batch_id, case.sheet, case.exported_on, batch.scope_kind == "days", case.rows)
    if case.rows_to_come:
        account.past.foresaw_on = case.exported_on
    account.in_effect.append((case.sheet, case.exported_on))
    if batch.begins_level and len(case.sheet.days):
        account.past.since = int(case.new_days[0] if len(case.new) else case.sheet.days[0])


def _found(batch: BatchState, case: Case | None) -> Found:
    if case is None or batch.is_decided_by_a_person:
        return Found()
    return Found(oddities(case), lacks_baseline(case))


def _figures(
    connection: duckdb.DuckDBPyConnection, batches: list[BatchState], kept: Kept, accounts: Accounts
) -> Figures | None:
    """The figures of the batches to be judged and of all that they are compared with; None where there are none."""
    fresh = [batch for batch in batches if kept.found(batch) is None]
    if not fresh:
        return None
    since = min(batch.exported_at for batch in fresh) - dt.timedelta(days=HORIZON + 2)
    first = min((batch.covers_from for batch in fresh if batch.covers_from), default=dt.date.max)
    last = max((batch.covers_to for batch in fresh if batch.covers_to), default=dt.date.min)
    compared = [
        batch
        for batch in batches
        if batch.exported_at >= since
        or (batch.covers_from and batch.covers_to and batch.covers_from <= last and batch.covers_to >= first)
    ]
    zones = {batch.account: accounts[batch.source, batch.account].time_zone for batch in batches}
    figures = read_figures(connection, compared, zones)
    return figures if ("rows", "") in figures.place else None


def _case(
    batch: BatchState, figures: Figures, told: dict[str, _Account], accounts: Accounts, special: frozenset[int],
    settings: Settings,
) -> Case:  # fmt: skip
    exported_at = batch.exported_at.astimezone(accounts[batch.source, batch.account].zone)
    exported_on = exported_at.date().toordinal()
    others = [
        sheet
        for account, of in told.items()
        for sheet, on in of.in_effect
        if account != batch.account and on >= exported_on - HORIZON
    ]
    table = load_contract(batch.source, batch.home).table(batch.table)
    sheet, past = figures.of[batch.batch_id], told[batch.account].past
    return Case(table, figures, sheet, past, exported_on, exported_at.hour, special, others, settings.gate.tolerance)


def _turned(batch: BatchState, by: str, is_held: bool) -> Check:
    """An older export that came later than one already judged, and turned its verdict."""
    now = "is held now, and was not" if is_held else "is not held any more"
    return Check(
        name="verdict_stands", kind="freeze", severity="warning", passed=False,
        subject=f"{batch.source}.{batch.table}", batch_id=batch.batch_id, observed="another verdict",
        expected="the verdict of the night before",
        message=f"{batch.source}.{batch.table} of {batch.account}: batch {batch.batch_id} {now}, since batch {by}, "
        "which was exported before it, came after it",
        remedy="look at both; decide with raceway accept or raceway reject",
    )  # fmt: skip


def _warning(batch: BatchState, oddity: Oddity) -> Check:
    where = f"{batch.source}.{batch.table} of {batch.account}"
    return Check(
        name=f"usual_{oddity.rule}_{oddity.column}".replace(" and ", "_"),
        kind="freeze",
        severity="warning",
        passed=False,
        subject=f"{batch.source}.{batch.table}",
        batch_id=batch.batch_id,
        observed=oddity.observed,
        expected=oddity.expected,
        message=f"{where}: {oddity.says} (batch {batch.batch_id}, {batch.files[0]['path'] if batch.files else ''})",
        remedy="look at it in the source; export it again where it is wrong, or take it out with: raceway reject "
        f"{batch.batch_id}; where it is right, and stays so: raceway accept {batch.batch_id} --level",
    )


def _sentence(batch: BatchState, why: str) -> str:
    files = ", ".join(file["path"] for file in batch.files) or batch.batch_id
    return (
        f"batch {batch.batch_id} ({batch.source}.{batch.table} of {batch.account}, {files}) is held: {why}; "
        f"what was in effect before stays. Export it again, or put it into effect with: raceway accept {batch.batch_id}"
    )
