"""What stands around the rows: the period in a preamble, the filters in a sibling file."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from raceway.contracts.grammar import Sibling
from raceway.reading.members import Member
from raceway.reading.shape import Shape, normal

# `27 January 2026 - 23 February 2026`, `"January 20, 2026 - January 21, 2026"`, `1 Jan 2025-31 Dec 2025`,
# `2026-01-01 - 2026-01-31`, `20260101-20260131`; Vietnamese `1 thg 1, 2026 - 31 thg 1, 2026`.
_DATE: Final = (
    r"(?:\d{4}-\d{2}-\d{2}|(?<!\d)\d{8}(?!\d)|\d{1,2} [^\W\d]+\.? \d{4}|[^\W\d]+\.? \d{1,2}, \d{4}|"
    r"\d{1,2} (?:thg|tháng) \d{1,2},? \d{4})"
)
_PERIOD: Final = re.compile(rf"(?P<first>{_DATE})\s*[-–—]\s*(?P<last>{_DATE})", re.IGNORECASE)
# GA4 and LinkedIn state the two days in lines of their own: `# Start date: 20260301`,
# `Report End: May 7, 2026, 11:59 PM`.
_AT: Final = r"(?:,? \d{1,2}:\d{2}(?: [ap]m)?)?"
_FIRST: Final = re.compile(
    rf"^\W*(?:start date|report start)\W+(?P<day>{_DATE}){_AT}\W*$", re.IGNORECASE | re.MULTILINE
)
_LAST: Final = re.compile(rf"^\W*(?:end date|report end)\W+(?P<day>{_DATE}){_AT}\W*$", re.IGNORECASE | re.MULTILINE)
_SINGLE: Final = re.compile(rf"^\W*(?P<day>{_DATE})\W*$", re.IGNORECASE)
# Languages whose month names are read, with the countries that shorten them in a way of their own.
_MONTHS_OF: Final = ("en", "fr", "fr_CA", "de", "de_AT")


_NUMBERED: Final = re.compile(r"(?<!\d)(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})(?!\d)")
NUMBER_OR_DAY: Final = re.compile(r"[-+\d.,:%\s/$€£¥₫()<>]*|.*\d{4}-\d{2}-\d{2}.*|\d{1,2} \w{3,9} \d{4}.*")
"""What a cell without words looks like: a number, an amount, a day, a period of two days; an empty cell too."""
_NAMES_LOOKED_AT: Final = 500
"""Records at the top of a file among which a column of texts shows what it holds."""


@dataclass(frozen=True)
class Span:
    """First and last day of a period."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Filters:
    """What a sibling says: whether the export is filtered, its period where it is absolute, how it is worded."""

    is_filtered: bool
    span: Span | None
    worded: str
    rows: int


def period_in(lines: str) -> Span | None:
    """The period that a preamble states, None where it states none (`All time`, `Last 3 months`)."""
    text = " ".join(lines.replace("\u00a0", " ").split(" "))
    found = _PERIOD.search(text)
    if found:
        first, last = _day(found.group("first")), _day(found.group("last"))
        return Span(first, last) if first and last and first <= last else None
    begins, ends = _FIRST.search(text), _LAST.search(text)
    if begins and ends:
        first, last = _day(begins.group("day")), _day(ends.group("day"))
        return Span(first, last) if first and last and first <= last else None
    for line in lines.splitlines():
        single = _SINGLE.match(line)
        day = _day(single.group("day")) if single else None
        if day:
            return Span(day, day)
    return None


def period_in_header(header: str) -> Span | None:
    """The period that a header states as two days in numbers (`3/1/26 - 3/31/26`); None where it leaves two readings.

    Which of the first two numbers is the day is certain only where one of them is above 12, or both are equal.
    """
    found = _NUMBERED.findall(header)
    if len(found) != 2:
        return period_in(header)
    spans = []
    for day_first in (False, True):
        first, last = (_numbered(one, two, year, day_first) for one, two, year in found)
        if first and last and first <= last:
            spans.append(Span(first, last))
    return spans[0] if len(set(spans)) == 1 else None


def _numbered(first: str, second: str, year: str, day_first: bool) -> dt.date | None:
    day, month = (int(first), int(second)) if day_first else (int(second), int(first))
    try:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    except ValueError:
        return None


def period_of_name(pattern: str, file_name: str) -> Span | None:
    """The period in a file's name: groups `first` and `last` (days, zeros may lack), or `month`.

    None where the pattern does not meet the name, or what it finds is no period.
    """
    found = re.search(pattern, file_name)
    if found is None:
        return None
    groups = found.groupdict()
    if groups.get("month"):
        first = _day(f"{groups['month']}-1")
        return Span(first, month_end(first)) if first else None
    first, last = _day(groups.get("first") or ""), _day(groups.get("last") or "")
    return Span(first, last) if first and last and first <= last else None


def month_end(first: dt.date) -> dt.date:
    """The last day of the month that begins with `first`."""
    return (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _day(text: str) -> dt.date | None:
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    try:
        if re.match(r"\d{4}\D", text):
            year, month, day = numbers
        elif re.search("(?i)thg|tháng", text):
            day, month, year = numbers
        else:
            word = re.search(r"[^\W\d]+", text)
            month = _months().get(word.group().lower(), 0) if word else 0
            day, year = numbers
        return dt.date(year, month, day)
    except ValueError:
        return None


@functools.cache
def _months() -> dict[str, int]:
    """The number of a month by its name, whole or shortened, in lower case and without the point."""
    from babel import Locale  # few exports write months as words, and the names take a while to load

    widths = [width for language in _MONTHS_OF for width in Locale.parse(language).months.values()]
    return {
        name.lower().rstrip("."): number
        for width in widths
        for kind in ("wide", "abbreviated")
        for number, name in width[kind].items()
    }


def names_of(shape: Shape, records: Iterable[list[str]]) -> list[int]:
    """Positions of the cells that say what a row is about: names and breakdowns; without any, the part of the time.

    Those of the contract's text columns, and of columns that it does not know where a cell among the first `records`
    below the header is neither number nor day. Headers of `totals.beside` say nothing of a row.
    """
    totals = shape.table.meta.totals
    beside = totals.beside if totals else ()
    of_place = {places[0]: column for column in shape.table.columns if (places := shape.places.get(column.name))}
    top = list(itertools.islice(records, _NAMES_LOOKED_AT))
    names, times = [], []
    for place, header in enumerate(shape.header):
        column = of_place.get(place)
        if any(re.search(pattern, header) for pattern in beside):
            continue
        if column is None:
            texts = (record[place] for record in top if place < len(record))
            names += [place] if any(not NUMBER_OR_DAY.fullmatch(text) for text in texts) else []
        elif column.is_text:
            names.append(place)
        elif column.data_type == "date":
            # a day, or a month or week that stands before the whole report's period
            is_part = column.name == shape.table.scope.day or len(shape.places[column.name]) > 1
            times += [place] if is_part else []
    return names or times


def filters_of(member: Member, sibling: Sibling) -> Filters:
    """What a filters file says; its rows are few, and all of them furniture."""
    rows = [row for row in csv.reader(io.StringIO(member.text, newline="")) if any(cell.strip() for cell in row)][1:]
    span, worded = None, ""
    others = []
    for row in rows:
        key, value = row[0], ",".join(row[1:]).strip()
        if _is_one_of(key, sibling.date_rows):
            span, worded = period_in(value), " ".join(value.split())
        elif not (_is_one_of(key, sibling.plain_rows) and _is_one_of(value, sibling.plain_values)):
            others.append(key)
    return Filters(bool(others), span, worded, len(rows))


def _is_one_of(text: str, names: Iterable[str]) -> bool:
    return normal(text) in {normal(item) for item in names}
