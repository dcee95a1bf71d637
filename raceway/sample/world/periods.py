"""The periods of the mart: day, ISO week, month, fiscal quarter, 90-day cycle."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Final

PERIODS: Final = ("day", "week", "month", "quarter", "cycle")
LONG_PERIODS: Final = ("month", "quarter", "cycle")
_CYCLE: Final = 90


@dataclass(frozen=True)
class Calendar:
    """Where fiscal quarters and planning cycles begin."""

    fiscal_year_start_month: int
    cycle_start: dt.date

    def start(self, period: str, day: dt.date) -> dt.date:
        """First day of the `period` that holds `day`."""
        return _start(self, period, day)

    def end(self, period: str, start: dt.date) -> dt.date:
        """Last day of the `period` that begins on `start`."""
        if period == "day":
            return start
        if period in ("week", "cycle"):
            return start + dt.timedelta(days=(7 if period == "week" else _CYCLE) - 1)
        month = start.month - 1 + (1 if period == "month" else 3)
        return dt.date(start.year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)


@cache
def _start(calendar: Calendar, period: str, day: dt.date) -> dt.date:
    if period == "day":
        return day
    if period == "week":
        return day - dt.timedelta(days=day.weekday())
    if period == "month":
        return day.replace(day=1)
    if period == "quarter":
        back = (day.month - calendar.fiscal_year_start_month) % 3
        month = day.month - 1 - back
        return dt.date(day.year + month // 12, month % 12 + 1, 1)
    return day - dt.timedelta(days=(day - calendar.cycle_start).days % _CYCLE)
