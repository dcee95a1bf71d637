"""What newer exports have changed of a period since it was first published."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

import duckdb

from raceway.report.change import Change
from raceway.report.context import has_table
from raceway.report.parts import decimal, half_up

TABLE: Final = "kpi_published"

RESTATED: Final = f"""
    select * from (
        select kpi, period, period_start, first(value order by published_at, version) as first_value,
            first(version order by published_at, version) as first_version,
            last(value order by published_at, version) as value, count(*) - 1 as times
        from race.{TABLE}
        where is_complete and channel = 'all' and market = 'all'
        group by all
    )
    where first_value is distinct from value
"""
"""Periods whose last complete value differs from the first, over all channels and markets: a value that was still
provisional restates nothing when it changes, and one that came back to what it was stands as it was told."""


@dataclass(frozen=True)
class Restatement:
    """The earlier period as it was first published, and as it stands now."""

    first: Fraction
    now: Fraction
    as_of: dt.date
    version: str
    was_complete: bool
    """Whether all was in when it was first published."""
    times: int
    """How often it has changed since."""

    @property
    def amount(self) -> Fraction:
        """What has been restated, in the KPI's unit."""
        return self.now - self.first

    def to_dict(self, digits: int) -> dict[str, Any]:
        """For machines."""
        return {
            "first_published": decimal(self.first, digits),
            "now": decimal(self.now, digits),
            "restated": decimal(half_up(self.now, digits) - half_up(self.first, digits), digits),
            "as_of": self.as_of.isoformat(),
            "version": self.version,
            "was_complete": self.was_complete,
            "times": self.times,
        }


def restated_periods(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """By column KPI, period and first day of what is RESTATED; empty where the mart keeps no `kpi_published`."""
    names = ("kpi", "period", "period_start")
    if not has_table(connection, TABLE):
        return {name: [] for name in names}
    rows = connection.execute(f"select kpi, period, period_start::varchar from ({RESTATED}) order by all").fetchall()
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def read_restatement(connection: duckdb.DuckDBPyConnection, change: Change) -> Restatement | None:
    """The restatement of a change's earlier period, from `kpi_published`; None where its first value is not kept.

    A period is first published by the first version in which it was over. What was not complete then (a late source,
    returns within 60 days) says so: what came in since is no correction.
    """
    if not has_table(connection, TABLE):
        return None
    kind, start = change.before
    rows = connection.execute(
        f"""
        select numerator::varchar, denominator::varchar, as_of, version, is_complete
        from race.{TABLE}
        where kpi = ? and period = ? and period_start = ? and channel = ? and market = ?
            and numerator is not null
        order by published_at, version
        """,
        [change.kpi.kpi, kind, start, *change.cell],
    ).fetchall()
    if not rows:
        return None
    numerator, denominator, as_of, version, was_complete = rows[0]
    if change.kpi.denominator and not Fraction(denominator or 0):
        return None
    first = Fraction(numerator) / (Fraction(denominator) if change.kpi.denominator else 1) * change.kpi.scale
    times = sum(one[:2] != following[:2] for one, following in pairwise(rows))
    return Restatement(first, change.value_before, as_of, version, was_complete, times)
