"""Periods as people write them: `2026-05`, `2026-W22`, `2026-Q2`, `2026-05-31`."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

import duckdb

from raceway.common.faults import PermanentFault

KINDS: Final = ("day", "week", "month", "quarter", "cycle")
Period = tuple[str, dt.date]
"""Kind and first day."""

_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})")
_WEEK: Final = re.compile(r"(\d{4})-[Ww](\d{1,2})")
_QUARTER: Final = re.compile(r"(\d{4})-[Qq]([1-4])")


def named(period: Period) -> str:
    """A period as it is written: 2026-05, 2026-W22, and by its first day else."""
    kind, start = period
    if kind == "month":
        return f"{start:%Y-%m}"
    return f"{start:%G-W%V}" if kind == "week" else start.isoformat()


def read_period(text: str, kind: str | None) -> tuple[str, dt.date]:
    """The kind and a day of a written period; without a kind its form tells it.

    Raises PermanentFault where it is no period, or of another kind.
    """
    for form, its_kind in ((_MONTH, "month"), (_WEEK, "week"), (_QUARTER, "quarter")):
        match = form.fullmatch(text)
        if match:
            if kind not in (None, its_kind, *(("quarter", "cycle") if its_kind == "month" else ())):
                raise PermanentFault(f"{text} is a {its_kind}, and --period says {kind}; leave one of them out")
            return kind or its_kind, _day(text, its_kind, int(match[1]), int(match[2]))
    try:
        return kind or "day", dt.date.fromisoformat(text)
    except ValueError:
        raise PermanentFault(
            f"{text!r} is no period: write a month as 2026-05, a week as 2026-W22, a quarter as 2026-Q2, "
            "a day or any day of a cycle (with --period cycle) as 2026-05-31"
        ) from None


def _day(text: str, kind: str, year: int, number: int) -> dt.date:
    try:
        if kind == "week":
            return dt.date.fromisocalendar(year, number, 1)
        return dt.date(year, number if kind == "month" else 3 * number - 2, 1)
    except ValueError:
        raise PermanentFault(f"{text}: there is no such {kind}") from None


def find_periods(
    connection: duckdb.DuckDBPyConnection, kpi: str | None, before: str | None, after: str | None, kind: str | None
) -> tuple[Period, Period]:
    """The two periods that were asked for, as the mart has them of a KPI, or of any.

    Without `after` it is the last one that is over, without `before` the one before that. Raises PermanentFault
    where the mart has no such periods of this KPI, with which it has.
    """
    asked = [read_period(text, kind) if text else None for text in (before, after)]
    kinds = {one[0] for one in asked if one} or {kind or "month"}
    if len(kinds) > 1:
        raise PermanentFault(f"{before} and {after} are periods of two kinds; compare like with like")
    of = kinds.pop()
    if of not in KINDS:
        raise PermanentFault(f"there is no period {of!r}; there are {', '.join(KINDS)}")
    there = connection.execute(
        "select distinct period_start, period_end, period_end < as_of from race.race_kpi "
        "where kpi = coalesce(?, kpi) and period = ? and channel = 'all' and market = 'all' order by period_start",
        [kpi, of],
    ).fetchall()
    if not there:
        raise PermanentFault(_no_kind(connection, kpi, of))
    kpi = kpi or "any KPI"
    found: list[dt.date | None] = []
    for text, one in zip((before, after), asked, strict=True):
        start = next((row[0] for row in there if one and row[0] <= one[1] <= row[1]), None)
        if one and start is None:
            first, last = (named((of, there[at][0])) for at in (0, -1))
            raise PermanentFault(f"the mart has no {of} {text} of {kpi}; it has those from {first} to {last}")
        found.append(start)
    over = [start for start, _, is_over in there if is_over]
    then, now = found
    now = now or (over[-1] if over else there[-1][0])
    earlier = [start for start, *_ in there if start < now]
    if then is None and not earlier:
        raise PermanentFault(f"{named((of, now))} is the first {of} of {kpi} in the mart: there is nothing before it")
    then = then or earlier[-1]
    if then == now:
        raise PermanentFault(f"{named((of, then))} is both the earlier and the later period; name two")
    return (of, then), (of, now)


def _no_kind(connection: duckdb.DuckDBPyConnection, kpi: str | None, kind: str) -> str:
    rows = connection.execute(
        "select distinct period from race.race_kpi where kpi = coalesce(?, kpi)", [kpi]
    ).fetchall()
    kinds = [row[0] for row in rows]
    if not kinds:
        return f"{kpi or 'every KPI'} has no rows in the mart: no landed file feeds all of its measures yet"
    has = ", ".join(sorted(kinds, key=KINDS.index))
    return f"{kpi} is not kept by {kind}; it is by {has}: say which with --period"
