"""How the sources' data went over time: rows, freshness, empty cells, refusals and durations, from the histories.

The axis is the day on which a file was exported, so an initial load shows the months that it brought. Numbers come from
`batch_history` and `check_history` of the published mart; durations are those of the extract DAGs, from Airflow.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from raceway.common.home import Home
from raceway.publish.version import published_version
from raceway.report.bounded import shut_mart

DAYS: Final = 60
_USUAL: Final = 8
"""Exports before the newest whose median is what is usual."""

_HISTORY: Final = """
    with
    empty as (
        select batch_id, sum(broken_rows) as cells
        from check_history
        where not passed and (name like '%filled' or name like 'not_null%')
        group by batch_id
    ),
    days as (
        select source, account, table_name, cast(coalesce(exported_at, decided_at) as date) as day,
            sum(rows_landed) as landed, sum(rows_refused) as refused,
            count(*) filter (where status = 'refused') as refused_files,
            min(cast(exported_at as date) - covers_to) as days_behind, sum(coalesce(empty.cells, 0)) as empty_cells
        from batch_history
        left join empty using (batch_id)
        where status <> 'duplicate'
        group by all
    )
    select source, account, day, sum(landed), sum(refused), sum(refused_files), min(days_behind), sum(empty_cells)
    from days
    where day > $since and day <= $until
    group by all
    order by all
"""


@dataclass(frozen=True)
class Series:
    """One line over the days of the page; None where nothing was exported."""

    values: tuple[float | None, ...]

    @property
    def newest(self) -> float | None:
        """The newest value."""
        return next((value for value in reversed(self.values) if value is not None), None)

    @property
    def exports(self) -> int:
        """Days on which something was exported."""
        return sum(value is not None for value in self.values)

    @property
    def usual(self) -> float | None:
        """The median of the values before the newest, of at most eight; None before there are three."""
        known = [value for value in self.values if value is not None][:-1][-_USUAL:]
        return median(known) if len(known) >= 3 else None

    @property
    def bars(self) -> list[tuple[int, float]]:
        """Day's number and height (0 to 1) of each value that is not zero."""
        largest = max((value for value in self.values if value is not None), default=0) or 1
        return [(at, max(0.04, value / largest)) for at, value in enumerate(self.values) if value]

    @property
    def is_unusual(self) -> bool:
        """Whether the newest is less than half of what is usual, or more than twice."""
        usual, newest = self.usual, self.newest
        return bool(usual and newest is not None and not usual / 2 <= newest <= usual * 2)


@dataclass(frozen=True)
class SourceTrend:
    """The series of one account."""

    place: str
    rows: Series
    days_behind: Series
    refused: Series
    empty_cells: Series
    seconds: Series
    newest_export: dt.date


@dataclass(frozen=True)
class Trends:
    """The page of trends; `first` and `last` are the ends of its axis."""

    first: dt.date
    last: dt.date
    sources: list[SourceTrend]

    @property
    def days(self) -> int:
        """Days of the axis."""
        return (self.last - self.first).days + 1


def read_trends(home: Home, durations: Mapping[str, Sequence[float]]) -> Trends | None:
    """The trends of the published version; None before the first.

    `durations`: seconds of the newest runs of the extract DAG by source, oldest first.
    """
    version = published_version(home)
    if version is None:
        return None
    last = version.as_of
    first = last - dt.timedelta(days=DAYS - 1)
    with shut_mart(version.database) as connection:
        found = connection.execute(_HISTORY, {"since": first - dt.timedelta(days=1), "until": last}).fetchall()
    by_place: dict[tuple[str, str], dict[dt.date, tuple[float | None, ...]]] = defaultdict(dict)
    for source, account, day, landed, refused, refused_files, behind, empty in found:
        by_place[source, account or ""][day] = (landed, behind, (refused or 0) + (refused_files or 0), empty)
    axis = [first + dt.timedelta(days=day) for day in range(DAYS)]
    trends = []
    for (source, account), days in sorted(by_place.items()):
        columns = zip(*(days.get(day, (None,) * 4) for day in axis), strict=True)
        rows, behind, refused, empty = (
            Series(tuple(None if value is None else float(value) for value in column)) for column in columns
        )
        seconds = Series(tuple(durations.get(source, ())[-DAYS:]))
        place = "/".join(part for part in (source, account) if part)
        trends.append(SourceTrend(place, rows, behind, refused, empty, seconds, max(days)))
    # what stands out first, then the accounts that export most often
    trends.sort(key=lambda one: (not one.rows.is_unusual, -one.rows.exports, one.place))
    return Trends(first, last, trends)
