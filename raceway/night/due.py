"""Which required sources are due on a night and not in, and until when the night waits for them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from raceway.common.home import Home
from raceway.common.measure_tables import daily_feeds
from raceway.config.accounts import Accounts, load_accounts
from raceway.config.settings import Required, Settings
from raceway.config.values import WEEKDAYS
from raceway.ledger.ledger import Ledger
from raceway.ledger.states import BatchState

_HABIT_NIGHTS: Final = 14


def late_sources(home: Home, settings: Settings, as_of: dt.date) -> list[str]:
    """A sentence for every account of a required source that is due on `as_of` and whose files are not in.

    In means: accepted batches cover the newest day that is due, `lag_days` before `as_of`, for every daily measure
    that the account has fed before; a keyword report says nothing of the campaigns. An account that has ended by
    then, or opens later, is not asked for. `lag_days` is a whole source's: of an account whose files came sooner on
    each of the nights before, so much is due.
    """
    accounts = load_accounts(home)
    accepted = [batch for batch in Ledger(home).state().accepted() if not batch.is_filtered]
    covered_to = _covered_to(accepted, accounts)
    told_on = _told_on(accepted, settings)
    late = []
    for required in settings.night.required:
        if not _is_due(required, as_of):
            continue
        due_day = as_of - dt.timedelta(days=required.lag_days)
        of_source = sorted((name, account) for (source, name), account in accounts.items() if source == required.source)
        if not of_source:
            late.append(f"{required.source}: required, but accounts.csv has no account of it")
        for name, account in of_source:
            if not account.is_there(due_day):
                continue
            lacking = _lacking(required.source, covered_to.get((required.source, name), {}), due_day)
            if lacking is None:
                lacking = _later_than_ever(told_on.get((required.source, name), []), as_of)
            if lacking is not None:
                late.append(f"{required.source}/{name}: {lacking}")
    return late


def _lacking(source: str, covered_to: Mapping[str, dt.date], due_day: dt.date) -> str | None:
    """The words for what of an account is not in; None where all is. `covered_to`: the newest covered
    day by landed table."""
    if not covered_to:
        return f"nothing has landed yet; {due_day} is due"
    # of a source that feeds no daily measure any table will do
    feeds = daily_feeds(source) or {frozenset(covered_to)}
    fed = [feed & covered_to.keys() for feed in feeds if feed & covered_to.keys()]
    if not fed:
        return f"nothing that feeds a measure has landed yet (only {', '.join(sorted(covered_to))}); {due_day} is due"
    newest = {", ".join(sorted(tables)): max(covered_to[table] for table in tables) for tables in fed}
    if max(newest.values()) < due_day:
        return f"covers days to {max(newest.values())}; {due_day} is due"
    behind = [f"{tables} covers days to {day}" for tables, day in sorted(newest.items()) if day < due_day]
    return f"{' and '.join(behind)}; {due_day} is due" if behind else None


def past_cut_off(settings: Settings, as_of: dt.date, now: dt.datetime | None = None) -> bool:
    """Whether the night of `as_of` has waited long enough; `now` (with zone) defaults to this moment."""
    cut_off = dt.datetime.combine(as_of, dt.time.fromisoformat(settings.night.cut_off), tzinfo=settings.zone)
    return (now or dt.datetime.now(tz=dt.UTC)) >= cut_off


def _is_due(required: Required, as_of: dt.date) -> bool:
    return WEEKDAYS[as_of.weekday()] in required.due


def _covered_to(accepted: Sequence[BatchState], accounts: Accounts) -> dict[tuple[str, str], dict[str, dt.date]]:
    """The newest day that accepted batches cover, by source and account, by table."""
    newest: dict[tuple[str, str], dict[str, dt.date]] = defaultdict(dict)
    for batch in accepted:
        of_account = newest[batch.source, batch.account]
        covers_to = batch.covers_to
        if covers_to is None:
            continue
        if batch.scope_kind != "days":  # an order of the first minutes of a day does not say that it was over
            zone = accounts[batch.source, batch.account].zone
            covers_to = min(covers_to, batch.exported_at.astimezone(zone).date() - dt.timedelta(days=1))
        of_account[batch.table] = max(covers_to, of_account.get(batch.table, dt.date.min))
    return newest


def _told_on(
    accepted: Sequence[BatchState], settings: Settings
) -> dict[tuple[str, str], list[tuple[dt.date, dt.date]]]:  # fmt: skip
    """By source and account the days of exports in the business zone, each with the newest day that it covers."""
    told: dict[tuple[str, str], list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for batch in accepted:
        if batch.covers_to is not None:
            exported_on = batch.exported_at.astimezone(settings.zone).date()
            told[batch.source, batch.account].append((exported_on, min(batch.covers_to, exported_on)))
    return told


def _later_than_ever(told: Sequence[tuple[dt.date, dt.date]], as_of: dt.date) -> str | None:
    """The words for an account whose newest day is older than it was on any of the nights before."""

    def newest(night: dt.date) -> dt.date | None:
        return max((day for exported_on, day in told if exported_on <= night), default=None)

    nights = [as_of - dt.timedelta(days=n) for n in range(1, _HABIT_NIGHTS + 1)]
    lags = [(night - day).days for night in nights if (day := newest(night))]
    now = newest(as_of)
    if now is None or len(lags) < _HABIT_NIGHTS or (as_of - now).days <= max(lags):
        return None
    due_day = as_of - dt.timedelta(days=max(lags))
    return (
        f"covers days to {now}; {due_day} is due, as it was there so soon on each of the {_HABIT_NIGHTS} nights before"
    )
