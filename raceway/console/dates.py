"""How the dates of one column are written, and whether the day or the month stands first."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final


class DayOrder(StrEnum):
    """Which stands first where both could."""

    day_first = "day-first"
    month_first = "month-first"


_UNAMBIGUOUS: Final = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
                       "%d-%b-%Y", "%d-%b-%y")  # fmt: skip
_BY_ORDER: Final = {
    DayOrder.day_first: ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y"),
    DayOrder.month_first: ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y", "%m/%d/%y", "%m.%d.%y", "%m-%d-%y"),
}
_TIMES: Final = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M:%S.%f", "T%H:%M", " %I:%M:%S %p", " %I:%M %p",
                 ", %H:%M:%S", ", %H:%M", ", %I:%M:%S %p", ", %I:%M %p")  # fmt: skip
_WORD: Final = re.compile(r"[A-SU-Za-su-z]{2,}")
_ZONES: Final = ("", "Z", "%z", " %z")


def date_formats(texts: Sequence[str], order: DayOrder | None = None) -> list[str]:
    """The strptime formats that together read every text: those of one way to write days, and the times after them.

    With `order` that way is one in which the day, or the month, stands first; without it one that leaves no choice.
    None where the texts are no such dates.
    """
    kinds = list(dict.fromkeys(re.sub(r"\d", "0", text) for text in texts))
    if not texts or len(kinds) > 200:
        return []
    for day in _BY_ORDER[order] if order else _UNAMBIGUOUS:
        found: dict[str, None] = {}
        for text in texts:
            form = next((f for f in found if _reads(text, f)), None) or next(
                (f"{day}{time}{zone}" for time in _TIMES for zone in _ZONES if _reads(text, f"{day}{time}{zone}")), None
            )
            if form is None:
                break
            found[form] = None
        else:
            return list(found)
    return []


@functools.lru_cache(256)  # a header is held against every date column of a contract
def readings(texts: tuple[str, ...]) -> dict[DayOrder | None, list[str]]:
    """Every way to read the texts as dates, with its formats: one that leaves no choice stands alone."""
    if certain := date_formats(texts):
        return {None: certain}
    found: dict[DayOrder | None, list[str]] = {
        order: formats for order in DayOrder if (formats := date_formats(texts, order))
    }
    if len(found) == len(DayOrder):
        first, second = ([_day(text, formats) for text in texts] for formats in found.values())
        if first == second:  # 05/05: both readings are one
            found = dict(list(found.items())[:1])
    return found


def _reads(text: str, form: str) -> bool:
    if any((sign in form) != (sign in text) for sign in "/:,") or (
        "%b" in form or "%B" in form or "%p" in form
    ) != bool(_WORD.search(text)):
        return False  # strptime costs much more than a look
    if form.endswith("%z") and text[-1:] == "Z":
        return False  # it takes Z for an offset, which no other reader does
    try:
        moment = dt.datetime.strptime(text, form)  # noqa: DTZ007  # only whether it parses counts
    except ValueError:
        return False
    return 1990 <= moment.year <= 2100


def _day(text: str, formats: Sequence[str]) -> dt.date | None:
    fitting = next((form for form in formats if _reads(text, form)), None)
    return dt.datetime.strptime(text, fitting).date() if fitting else None  # noqa: DTZ007  # a day has no zone
