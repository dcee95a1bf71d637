"""The period that stands above the rows of an export."""

from __future__ import annotations

import datetime as dt

import pytest

from raceway.reading.furniture import Span, period_in

# every name of a month that was read when the names were listed by hand
SPELLINGS = (
    "jan january janvier janv januar", "feb february février févr februar", "mar march mars märz", "apr april avril avr",
    "may mai", "jun june juin juni", "jul july juillet juil juli", "aug august août", "sep sept september septembre",
    "oct october octobre okt oktober", "nov november novembre", "dec december décembre déc dez dezember",
)  # fmt: skip


@pytest.mark.parametrize(("number", "names"), list(enumerate(SPELLINGS, start=1)))
def test_a_month_is_read_in_english_french_and_german(number: int, names: str) -> None:
    for name in names.split():
        for word in (name, name.title(), f"{name}."):
            day = dt.date(2026, number, 7)
            assert period_in(f"7 {word} 2026 - 8 {word} 2026") == Span(day, day + dt.timedelta(days=1)), word


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("1 thg 1, 2026 - 31 tháng 1, 2026", dt.date(2026, 1, 1), dt.date(2026, 1, 31)),
        ("January 20, 2026 - January 21, 2026", dt.date(2026, 1, 20), dt.date(2026, 1, 21)),
        ("2 juill. 2026 – 3 juill. 2026", dt.date(2026, 7, 2), dt.date(2026, 7, 3)),
        ("20260101-20260131", dt.date(2026, 1, 1), dt.date(2026, 1, 31)),
    ],
)
def test_a_period_is_read_as_exports_write_it(written: str, first: dt.date, last: dt.date) -> None:
    assert period_in(written) == Span(first, last)


def test_a_word_that_is_no_month_gives_no_period() -> None:
    assert period_in("7 Foo 2026 - 8 Foo 2026") is None
