"""report/index.html of a published version: one page that needs nothing but a browser.

It shows the leading KPIs of the last month that is over and the largest opportunities of the newest cycle, and
beside them what an analyst must know to trust them: late sources, refused exports, waiting batches, failed
checks, how far each source reaches.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb

from raceway.common.stages import RACE_STAGES
from raceway.config.accounts import Accounts
from raceway.config.settings import Settings
from raceway.report.page import render
from raceway.report.wording import Wording

_MONTHS_DRAWN: Final = 13
_OPPORTUNITIES: Final = 5
_TONE_OF_STATUS: Final = {"on_track": "good", "at_risk": "warn", "off_track": "bad"}


class _Kpi(NamedTuple):
    """A leading KPI of the month that is shown, over all channels and markets."""

    stage: str
    kpi: str
    name: str
    name_vi: str
    unit: str
    good: str
    month: dt.date
    value: float | None
    previous_value: float | None
    target: float | None
    status: str | None
    is_complete: bool
    history: list[float | None]
    """Its values of the last months, oldest first; the last one is `value`."""

    @property
    def tone_of_change(self) -> str:
        """Whether the change against the month before is good, bad or neither (soft)."""
        if self.good == "neutral" or self.value is None or self.previous_value is None:
            return "soft"
        if self.value == self.previous_value:
            return "soft"
        return "good" if (self.value > self.previous_value) == (self.good == "up") else "bad"

    @property
    def tone_of_status(self) -> str:
        """How the status against the target is coloured."""
        return _TONE_OF_STATUS.get(self.status or "", "soft")

    @property
    def drawn(self) -> _Line | None:
        """Its history as a line."""
        return _drawn(self.history)


class _Line(NamedTuple):
    """Points of a small line on 220 by 38, as SVG writes them."""

    pieces: list[str]
    """Runs of months that have values."""
    end: tuple[str, str]
    """The newest month."""


class _Opportunity(NamedTuple):
    """A KPI that its cycle left below the target."""

    cycle_start: dt.date
    cycle_end: dt.date
    name: str
    name_vi: str
    unit: str
    baseline: float | None
    target: float | None
    actual: float | None
    money_at_stake: float | None
    initiatives: int


class _Failed(NamedTuple):
    """A check that did not pass."""

    severity: str
    subject: str
    message: str


class _Refused(NamedTuple):
    """A file that was refused, or a batch of which rows were."""

    source: str
    account: str
    files: str
    rows_refused: int
    reason: str | None


class _Waiting(NamedTuple):
    """A batch that is not decided yet."""

    source: str
    account: str
    files: str
    reason: str | None


class _Source(NamedTuple):
    """How far an account of a source reaches."""

    source: str
    account: str
    covers_to: dt.date | None
    exported: dt.date | None
    rows_landed: int
    days_behind: int | None


def write_report(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    settings: Settings,
    details: Mapping[str, Any],
    accounts: Accounts,
) -> None:
    """Writes the page from the tables of the attached database `race`; `details` is the version's run.json, and
    `accounts` say which of them have ended."""
    words = Wording(settings.business.language, settings.business.reporting_currency, settings.minor_unit)
    as_of = dt.date.fromisoformat(details["as_of"])
    published = dt.datetime.fromisoformat(details["published_at"]).astimezone(settings.zone)
    html = render(
        "report.html.j2",
        title=f"RACE · {settings.business.name}",
        language=words.language,
        company=settings.business.name,
        words=words,
        as_of=as_of,
        published=published,
        details=details,
        last_month=(as_of.replace(day=1) - dt.timedelta(days=1)).replace(day=1),
        kpis=[(stage, list(group)) for stage, group in groupby(_leading(connection, as_of), key=lambda kpi: kpi.stage)],
        opportunities=_opportunities(connection),
        refused=_refused(connection),
        waiting=_waiting(connection),
        failed=_failed(connection, details["run_id"]),
        sources=_sources(connection, as_of, accounts),
    )
    path.parent.mkdir()
    path.write_text(html, encoding="utf-8")


# the KPIs


def _leading(connection: duckdb.DuckDBPyConnection, as_of: dt.date) -> list[_Kpi]:
    rows = connection.execute(
        f"""
        with months as (
            select kpi.*, catalog.name, catalog.name_vi, catalog.unit, catalog.good
            from race.race_kpi as kpi
            inner join race.kpi_catalog as catalog on kpi.kpi = catalog.kpi
            where kpi.period = 'month' and kpi.channel = 'all' and kpi.market = 'all' and catalog.leading::integer = 1
                and kpi.period_start < date_trunc('month', ?::date)
        ),
        histories as (
            select kpi, list(value order by period_start) as history
            from months
            where period_start >= date_trunc('month', ?::date) - interval {_MONTHS_DRAWN} month
            group by kpi
        )
        select stage, months.kpi, name, name_vi, unit, good, period_start, value::double, previous_value::double,
            target::double, status, is_complete, history
        from months
        inner join histories on months.kpi = histories.kpi
        where period_start = date_trunc('month', ?::date) - interval 1 month
        order by list_position(?::varchar[], stage), months.kpi
        """,
        [as_of, as_of, as_of, list(RACE_STAGES)],
    ).fetchall()
    kpis = [_Kpi(*row) for row in rows]
    # the page says so where none of them has a value
    return kpis if any(kpi.value is not None for kpi in kpis) else []


def _drawn(values: Sequence[float | None]) -> _Line | None:
    """The months as a small line; a month without a value is a gap. None below two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = 216 / (len(values) - 1)
    points = [
        None if value is None else (f"{2 + i * step:.1f}", f"{34 - 30 * (value - low) / span:.1f}")
        for i, value in enumerate(values)
    ]
    pieces = [
        " ".join(f"{x},{y}" for x, y in run)
        for is_known, group in groupby(points, key=lambda point: point is not None)
        if is_known and len(run := [point for point in group if point is not None]) > 1
    ]
    return _Line(pieces, next(point for point in reversed(points) if point is not None))


def _opportunities(connection: duckdb.DuckDBPyConnection) -> list[_Opportunity]:
    """What the newest cycle falls short of, most money first; nothing where nothing is at stake."""
    rows = connection.execute(
        f"""
        select review.cycle_start, review.cycle_end, catalog.name, catalog.name_vi, catalog.unit, review.baseline,
            review.target, review.actual, review.money_at_stake::double, review.initiatives
        from race.osa_review as review
        inner join race.kpi_catalog as catalog on review.kpi = catalog.kpi
        where review.opportunity_rank <= {_OPPORTUNITIES} and review.cycle_start = (
            select max(cycle_start) from race.osa_review where opportunity_rank is not null
        )
        order by review.opportunity_rank
        """
    ).fetchall()
    return [_Opportunity(*row) for row in rows]


# what an analyst must know


def _failed(connection: duckdb.DuckDBPyConnection, run_id: str) -> list[_Failed]:
    rows = connection.execute(
        """
        select severity, subject, message from race.check_history
        where not passed and (
            run_id = ? or coalesce(run_id, '') = ''  -- what an earlier freeze said of a batch is over
            and batch_id in (select batch_id from race.batch_history where status in ('accepted', 'pending'))
        )
        order by list_position(['critical', 'warning', 'info'], severity), subject, message
        """,
        [run_id],
    ).fetchall()
    return [_Failed(*row) for row in rows]


def _refused(connection: duckdb.DuckDBPyConnection) -> list[_Refused]:
    rows = connection.execute(
        """
        select source, account, files, coalesce(rows_refused, 0),
            case when status = 'refused' then reason
                else 'with row, column and reason in quarantine/rows/' || source || '/' || account || '/' || batch_id
                    || '.csv' end
        from race.batch_history
        where status = 'refused' or (status = 'accepted' and rows_refused > 0)
        order by status = 'refused' desc, source, account, files
        """
    ).fetchall()
    return [_Refused(*row) for row in rows]


def _waiting(connection: duckdb.DuckDBPyConnection) -> list[_Waiting]:
    rows = connection.execute(
        "select source, account, files, reason from race.batch_history where status = 'pending' order by all"
    ).fetchall()
    return [_Waiting(*row) for row in rows]


def _sources(connection: duckdb.DuckDBPyConnection, as_of: dt.date, accounts: Accounts) -> list[_Source]:
    # an account that has ended is behind its last day alone
    ends = {key: account.ended_on for key, account in accounts.items() if account.ended_on is not None}
    rows = connection.execute(
        """
        select source, account, max(covers_to), max(exported_at)::date, coalesce(sum(rows_landed), 0)
        from race.batch_history
        where status in ('accepted', 'superseded')
        group by all
        order by all
        """
    ).fetchall()
    return [
        # the day as_of is not over: a source that covers the day before is not behind
        _Source(
            source,
            account,
            covers_to,
            exported,
            rows_landed,
            max(0, (min(as_of - dt.timedelta(days=1), ends.get((source, account), as_of)) - covers_to).days)
            if covers_to
            else None,
        )
        for source, account, covers_to, exported, rows_landed in rows
    ]
