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
from raceway.config.settings import Settings
from raceway.report.page import Markup, join, page, table, tag, text
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


def write_report(
    connection: duckdb.DuckDBPyConnection, path: Path, settings: Settings, details: Mapping[str, Any]
) -> None:
    """Writes the page from the tables of the attached database `race`; `details` is the version's run.json."""
    words = Wording(settings.business.language, settings.business.reporting_currency, settings.minor_unit)
    as_of = dt.date.fromisoformat(details["as_of"])
    published = dt.datetime.fromisoformat(details["published_at"]).astimezone(settings.zone)
    failed = connection.execute(
        """
        select severity, subject, message from race.check_history
        where not passed and (
            run_id = ? or batch_id in (select batch_id from race.batch_history where status in ('accepted', 'pending'))
        )
        order by list_position(['critical', 'warning', 'info'], severity), subject, message
        """,
        [details["run_id"]],
    ).fetchall()
    body = [
        tag("h1", text(settings.business.name)),
        tag(
            "p",
            text(
                f"{words.say('RACE report')} · {words.say('as of')} {words.day(as_of)} · {words.say('published')} "
                f"{words.day(published.date())} {published:%H:%M} · {words.say('version')} {details['version']}"
            ),
            class_="soft small",
        ),
        _banner(words, failed, details["late"]),
        *_late(words, details["late"]),
        *_kpis(words, _leading(connection, as_of), as_of),
        *_opportunities(connection, words),
        *_refused(connection, words),
        *_waiting(connection, words),
        *_failed(words, failed),
        *_sources(connection, words, as_of),
        tag("h2", text(words.say("Data"))),
        tag(
            "p",
            tag("a", text(words.say("All checks")), href="../quality/index.html"),
            text(" · race.duckdb · parquet/ · "),
            tag("a", text("run.json"), href="../run.json"),
        ),
    ]
    path.parent.mkdir()
    path.write_text(page(f"RACE · {settings.business.name}", words.language, *body), encoding="utf-8")


def _banner(words: Wording, failed: Sequence[tuple[str, str, str]], late: Sequence[str]) -> Markup:
    """Whether the numbers stand on everything they should."""
    said = [] if failed else [words.say("All checks passed.")]
    if failed:
        said.append(f"{words.say('Checks that failed')}: {len(failed)}.")
    if late:
        said.append(f"{words.say('Late sources')}: {len(late)}.")
    if failed or late:
        said.append(words.say("The numbers are published all the same."))
    return tag("p", text(" ".join(said)), class_="banner warn" if failed or late else "banner good")


def _late(words: Wording, late: Sequence[str]) -> list[Markup]:
    if not late:
        return []
    return [tag("h2", text(words.say("Late sources"))), *(tag("p", text(line), class_="warn") for line in late)]


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
    return [_Kpi(*row) for row in rows]


def _kpis(words: Wording, kpis: Sequence[_Kpi], as_of: dt.date) -> list[Markup]:
    last_month = (as_of.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    blocks = [tag("h2", text(f"{words.say('Leading KPIs of')} {words.month(last_month)}"))]
    if not kpis:
        blocks.append(tag("p", text(words.say("No KPI of this month has a value yet.")), class_="soft"))
    for stage, group in groupby(kpis, key=lambda kpi: kpi.stage):
        blocks += [
            tag("h3", text(words.say(stage.capitalize()))),
            tag("div", *(_card(words, kpi) for kpi in group), class_="cards"),
        ]
    return blocks


def _card(words: Wording, kpi: _Kpi) -> Markup:
    name = kpi.name_vi if words.language == "vi" and kpi.name_vi else kpi.name
    lines = [
        tag("div", text(name), class_="soft small"),
        tag("div", text(words.value(kpi.value, kpi.unit)), class_="value"),
    ]
    change = words.change(kpi.value, kpi.previous_value, kpi.unit)
    if kpi.value is None:
        lines.append(tag("div", text(words.say("no value")), class_="soft small"))
    elif change:
        lines.append(
            tag("div", tag("span", text(change), class_=_tone_of_change(kpi)),
                text(f" {words.say('against the month before')}"), class_="small")
        )  # fmt: skip
    if kpi.target is not None:
        target = f"{words.say('target')} {words.value(kpi.target, kpi.unit)}"
        status = f": {words.say(kpi.status.replace('_', ' '))}" if kpi.status else ""
        lines.append(tag("div", text(target + status), class_=f"small {_TONE_OF_STATUS.get(kpi.status or '', 'soft')}"))
    if not kpi.is_complete:
        lines.append(tag("div", text(words.say("still provisional")), class_="small soft"))
    return tag("div", *lines, _sparkline(kpi.history, name), class_="card")


def _tone_of_change(kpi: _Kpi) -> str:
    if kpi.good == "neutral" or kpi.value is None or kpi.previous_value is None or kpi.value == kpi.previous_value:
        return "soft"
    return "good" if (kpi.value > kpi.previous_value) == (kpi.good == "up") else "bad"


def _sparkline(values: Sequence[float | None], name: str) -> Markup:
    """The months as a small line; a month without a value is a gap. Nothing below two values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return join([])
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = 216 / (len(values) - 1)
    points = [
        None if value is None else (2 + i * step, 34 - 30 * (value - low) / span) for i, value in enumerate(values)
    ]
    lines = [
        tag("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in run), fill="none", stroke="currentColor",
            stroke_width="1.5")
        for is_known, group in groupby(points, key=lambda point: point is not None)
        if is_known and len(run := [point for point in group if point is not None]) > 1
    ]  # fmt: skip
    end = next(point for point in reversed(points) if point is not None)
    dot = tag("circle", cx=f"{end[0]:.1f}", cy=f"{end[1]:.1f}", r="2.2", fill="currentColor")
    return tag("svg", *lines, dot, viewBox="0 0 220 38", width="100%", height="38", role="img", aria_label=name)


def _opportunities(connection: duckdb.DuckDBPyConnection, words: Wording) -> list[Markup]:
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
    if not rows:
        return []
    headers = [words.say(h) for h in ("KPI", "Cycle before", "Target", "Actual", "Money at stake", "Initiatives")]
    return [
        tag("h2", text(f"{words.say('Opportunities')}, {words.day(rows[0][0])} – {words.day(rows[0][1])}")),
        table(
            headers,
            [
                [text(name_vi if words.language == "vi" and name_vi else name),
                 *(text(words.value(value, unit)) for value in (baseline, target, actual)),
                 text(words.value(stake, "money")), text(words.number(count, 0))]
                for _, _, name, name_vi, unit, baseline, target, actual, stake, count in rows
            ],
            numbers=frozenset({1, 2, 3, 4, 5}),
        ),
    ]  # fmt: skip


# what an analyst must know


def _refused(connection: duckdb.DuckDBPyConnection, words: Wording) -> list[Markup]:
    rows = connection.execute(
        """
        select source, account, files, rows_refused, reason from race.batch_history
        where status = 'refused' or (status = 'accepted' and rows_refused > 0)
        order by status = 'refused' desc, source, account, files
        """
    ).fetchall()
    return [
        tag("h2", text(words.say("Refused"))),
        table(
            [words.say(header) for header in ("Source", "Account", "Files", "Rows refused", "Reason")],
            [
                [text(source), text(account), text(files), text(words.number(count or 0, 0)), text(reason)]
                for source, account, files, count, reason in rows
            ],
            numbers=frozenset({3}),
        )
        if rows
        else tag("p", text(words.say("None.")), class_="soft"),
    ]


def _waiting(connection: duckdb.DuckDBPyConnection, words: Wording) -> list[Markup]:
    rows = connection.execute(
        "select source, account, files, reason from race.batch_history where status = 'pending' order by all"
    ).fetchall()
    if not rows:
        return []
    headers = [words.say(header) for header in ("Source", "Account", "Files", "Reason")]
    return [tag("h2", text(words.say("Waiting"))), table(headers, [[text(cell) for cell in row] for row in rows])]


def _failed(words: Wording, failed: Sequence[tuple[str, str, str]]) -> list[Markup]:
    if not failed:
        return []
    return [
        tag("h2", text(words.say("Checks that failed"))),
        table(
            [words.say(header) for header in ("Severity", "Check", "Found")],
            [
                [tag("span", text(words.say(severity)), class_="bad" if severity == "critical" else "warn"),
                 text(subject), text(message)]
                for severity, subject, message in failed
            ],
        ),
    ]  # fmt: skip


def _sources(connection: duckdb.DuckDBPyConnection, words: Wording, as_of: dt.date) -> list[Markup]:
    rows = connection.execute(
        """
        select source, account, max(covers_to), max(exported_at)::date, sum(rows_landed)
        from race.batch_history
        where status in ('accepted', 'superseded')
        group by all
        order by all
        """
    ).fetchall()
    headers = [words.say(h) for h in ("Source", "Account", "Covers up to", "Days behind", "Last export", "Rows")]
    return [
        tag("h2", text(words.say("Sources"))),
        table(
            headers,
            [
                [text(source), text(account), text(words.day(covers_to)),
                 # the day as_of is not over: a source that covers the day before is not behind
                 text(max(0, (as_of - covers_to).days - 1) if covers_to else None), text(words.day(exported)),
                 text(words.number(count or 0, 0))]
                for source, account, covers_to, exported, count in rows
            ],
            numbers=frozenset({3, 5}),
        ),
    ]  # fmt: skip
