"""Which days have a shape of their own: holidays, promotions, and the weeks around a long holiday such as Tết.

A holiday is known by its name without the year, so that one that moves (Tết, by the moon) meets itself in other years
at the same distance from its first day.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

LONG_DAYS: Final = 5
"""From so many days on a holiday casts its shadow on the weeks before and after it."""

WEEKS_BEFORE: Final = 4
WEEKS_AFTER: Final = 2

_YEAR: Final = re.compile(r"\b(19|20)\d\d\b")


class Kind(NamedTuple):
    """What sort of day it is; days of one kind are expected to be alike in every year."""

    name: str
    """`tết`, and `tết -1` for the week before it."""
    family: str
    """What it is likened to before it was seen: own or shipped short ones, `week`; a long holiday only to itself."""


Holiday = tuple[dt.date, dt.date, str]
"""First day, last day, name."""


def kinds_of_days(first: dt.date, days: int, shipped: Iterable[Holiday], own: Iterable[Holiday]) -> list[Kind | None]:
    """The kind of each of `days` days from `first` on; None for an ordinary day.

    Its name is the holiday's (`tết`), with the week before (`tết -1`) or after it (`tết +2`) where it is long. On a day
    that two name, the home's own holiday goes before the program's, the shorter before the longer, and any holiday
    before the weeks around another.
    """
    found: dict[int, tuple[tuple[int, int, str], Kind]] = {}
    for is_shipped, holidays in ((1, shipped), (0, own)):
        for starts_on, ends_on, name in holidays:
            length = (ends_on - starts_on).days + 1
            begin = (starts_on - first).days
            named = _as_compared(name)
            family = named if length >= LONG_DAYS else "shipped" if is_shipped else "own"
            for offset, kind, rank in _days_of(Kind(named, family), length):
                place = begin + offset
                if 0 <= place < days:
                    order = (rank + is_shipped, length, kind.name)
                    if place not in found or order < found[place][0]:
                        found[place] = (order, kind)
    return [found[place][1] if place in found else None for place in range(days)]


def _days_of(holiday: Kind, length: int) -> Iterable[tuple[int, Kind, int]]:
    """Offsets from its first day with their kind and rank: 0 for the holiday itself, 2 for the weeks around it."""
    yield from ((offset, holiday, 0) for offset in range(length))
    if length >= LONG_DAYS:
        for week in range(1, WEEKS_BEFORE + 1):
            before = Kind(f"{holiday.name} -{week}", "week")
            yield from ((-7 * week + day, before, 2) for day in range(7))
        for week in range(1, WEEKS_AFTER + 1):
            after = Kind(f"{holiday.name} +{week}", "week")
            yield from ((length + 7 * (week - 1) + day, after, 2) for day in range(7))


def _as_compared(name: str) -> str:
    """NFC, lower case, without a year: `Tết 2026` and `tết` are one."""
    return " ".join(_YEAR.sub(" ", unicodedata.normalize("NFC", name).lower()).split())
