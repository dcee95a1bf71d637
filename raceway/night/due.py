"""Which required sources are due on a night and not in, and until when the night waits for them."""

from __future__ import annotations

import datetime as dt

from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import Required, Settings
from raceway.config.values import WEEKDAYS
from raceway.ledger.ledger import Ledger


def late_sources(home: Home, settings: Settings, as_of: dt.date) -> list[str]:
    """A sentence for every account of a required source that is due on `as_of` and whose files are not in.

    In means: an accepted batch covers the newest day that is due, `lag_days` before `as_of`.
    """
    accounts = load_accounts(home)
    covered_to = _covered_to(home)
    late = []
    for required in settings.night.required:
        if not _is_due(required, as_of):
            continue
        due_day = as_of - dt.timedelta(days=required.lag_days)
        names = sorted(account for source, account in accounts if source == required.source)
        if not names:
            late.append(f"{required.source}: required, but accounts.csv has no account of it")
        for account in names:
            newest = covered_to.get((required.source, account))
            if newest is None:
                late.append(f"{required.source}/{account}: nothing has landed yet; {due_day} is due")
            elif newest < due_day:
                late.append(f"{required.source}/{account}: covers days to {newest}; {due_day} is due")
    return late


def past_cut_off(settings: Settings, as_of: dt.date, now: dt.datetime | None = None) -> bool:
    """Whether the night of `as_of` has waited long enough; `now` (with zone) defaults to this moment."""
    cut_off = dt.datetime.combine(as_of, dt.time.fromisoformat(settings.night.cut_off), tzinfo=settings.zone)
    return (now or dt.datetime.now(tz=dt.UTC)) >= cut_off


def _is_due(required: Required, as_of: dt.date) -> bool:
    return WEEKDAYS[as_of.weekday()] in required.due


def _covered_to(home: Home) -> dict[tuple[str, str], dt.date]:
    """The newest day that accepted batches cover, by source and account."""
    newest: dict[tuple[str, str], dt.date] = {}
    for batch in Ledger(home).state().accepted():
        key = (batch.source, batch.account)
        if batch.covers_to is not None and batch.covers_to > newest.get(key, dt.date.min):
            newest[key] = batch.covers_to
    return newest
