"""The days whose level is not judged: holidays, and the weeks around a long one such as Tết."""

from __future__ import annotations

import csv
import datetime as dt
import functools
from collections.abc import Iterable
from typing import Final

from raceway.common.home import PROJECT, Home
from raceway.config.accounts import load_holidays

_LONG: Final = 5
"""Days from which on a holiday casts its shadow on the weeks around it; so it is for forecasts, too."""
_BEFORE, _AFTER = 28, 14
_NEAR: Final = 2


def special_days(home: Home) -> frozenset[int]:
    """Ordinals of the days of the program's holidays and the home's own, and of those near them."""
    own = [(holiday.starts_on, holiday.ends_on) for holiday in load_holidays(home)]
    return _shipped() | _around(own)


@functools.cache
def _shipped() -> frozenset[int]:
    with (PROJECT.dbt_project / "seeds" / "holidays.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return _around((dt.date.fromisoformat(row["starts_on"]), dt.date.fromisoformat(row["ends_on"])) for row in rows)


def _around(holidays: Iterable[tuple[dt.date, dt.date]]) -> frozenset[int]:
    found: set[int] = set()
    for first, last in holidays:
        is_long = (last - first).days + 1 >= _LONG
        before, after = (_BEFORE, _AFTER) if is_long else (_NEAR, _NEAR)
        found.update(range(first.toordinal() - before, last.toordinal() + after + 1))
    return frozenset(found)
