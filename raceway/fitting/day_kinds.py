"""Which days have a shape of their own: holidays, promotions, and the weeks around a long holiday such as Tết.

A holiday is known by its name without the year, so that one that moves (Tết, by the moon) meets itself in other years
at the same distance from its first day.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

LONG_DAYS: Final = 5
"""From so many days on a holiday casts its shadow on the weeks before and after it."""

WEEKS_BEFORE: Final = 4
WEEKS_AFTER: Final = 2

_YEAR: Final = re.compile(r"\b(19|20)\d\d\b")

Holiday = tuple[dt.date, dt.date, str]
"""First day, last day, name."""


def kinds_of_days(first: dt.date, days: int, shipped: Iterable[Holiday], own: Iterable[Holiday]) -> list[str | None]:
    """The kind of each of `days` days from `first` on; None for an ordinary day.

    A kind is a holiday's name (`tết`), with the week before (`tết -1`) or after it (`tết +2`) where it is long. On a
    day that two name, the home's own holiday goes before the program's, the shorter before the longer, and any holiday
    before the weeks around another.
    """
    found: dict[int, tuple[tuple[int, int, str], str]] = {}
    for is_shipped, holidays in ((1, shipped), (0, own)):
        for starts_on, ends_on, name in holidays:
            length = (ends_on - starts_on).days + 1
            begin = (starts_on - first).days
            named = _as_compared(name)
            for offset, kind, rank in _days_of(named, length):
                place = begin + offset
                if 0 <= place < days:
                    order = (rank + is_shipped, length, kind)
                    if place not in found or order < found[place][0]:
                        found[place] = (order, kind)
    return [found[place][1] if place in found else None for place in range(days)]


def _days_of(name: str, length: int) -> Iterable[tuple[int, str, int]]:
    """Offsets from its first day with their kind and rank: 0 for the holiday itself, 2 for the weeks around it."""
    yield from ((offset, name, 0) for offset in range(length))
    if length >= LONG_DAYS:
        for week in range(1, WEEKS_BEFORE + 1):
            yield from ((-7 * week + day, f"{name} -{week}", 2) for day in range(7))
        for week in range(1, WEEKS_AFTER + 1):
            yield from ((length + 7 * (week - 1) + day, f"{name} +{week}", 2) for day in range(7))


def _as_compared(name: str) -> str:
    """NFC, lower case, without a year: `Tết 2026` and `tết` are one."""
    return " ".join(_YEAR.sub(" ", unicodedata.normalize("NFC", name).lower()).split())
