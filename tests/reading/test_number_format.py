"""One number format per file, proved from all its numeric columns together."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from tests.support.desk import Desk

HEAD = "Day;Campaign;Currency code;Impr.;Clicks;Cost;Conversions\n"


def report(*rows: tuple[str, str, str, str]) -> str:
    """A campaign report of one line per (impressions, clicks, cost, conversions), as they are written."""
    lines = [f"2026-03-01;C{n};@;{';'.join(row)}\n" for n, row in enumerate(rows)]
    return HEAD + "".join(lines)


def landed(desk: Desk, content: str, account: str = "vn") -> list[tuple[Any, ...]]:
    outcome = desk.land_one(f"google_ads/{account}/a.csv", content.replace("@", "VND" if account == "vn" else "USD"))
    assert outcome.status == "landed", outcome.reason
    return desk.rows(outcome, "impressions, clicks, cost, conversions")


def reason(desk: Desk, content: str, account: str = "vn") -> str:
    outcome = desk.land_one(f"google_ads/{account}/a.csv", content.replace("@", "VND" if account == "vn" else "USD"))
    assert (outcome.status, outcome.rows_landed) == ("refused", 0)
    return outcome.reason


@pytest.mark.parametrize(
    ("account", "row", "expected"),
    [
        ("vn", ("800", "40", "150.000", "1"), (800, 40, Decimal(150_000), 1.0)),  # no thousandth of a dong
        ("vn", ("1.000", "40", "150.000", "1,5"), (1000, 40, Decimal(150_000), 1.5)),
        ("vn", ("1.234", "40", "90", "1"), (1234, 40, Decimal(90), 1.0)),  # no fraction of an impression
        ("vn", ("1.000", "40", "90", "1,5"), (1000, 40, Decimal(90), 1.5)),  # a rate decides for a count
        ("vn", ("1.000.000", "1.000", "90", "1"), (1_000_000, 1000, Decimal(90), 1.0)),
        ("vn", ("1,000", "40", "150,000", "1"), (1000, 40, Decimal(150_000), 1.0)),
        ("vn", ("1,000", "40", "150000.00", "1.5"), (1000, 40, Decimal(150_000), 1.5)),
        ("us", ("1.000", "40", "12,50", "1"), (1000, 40, Decimal("12.5"), 1.0)),
        ("us", ("1,000", "40", "12.50", "1"), (1000, 40, Decimal("12.5"), 1.0)),
        ("us", ("1.000", "40", "12.50", "1"), (1, 40, Decimal("12.5"), 1.0)),  # 1.000 beside a proved point is 1
        ("us", ("10", "4", "1.234", "0.5"), (10, 4, Decimal("1.234"), 0.5)),
        ("us", ("10", "4", "0.123", "1"), (10, 4, Decimal("0.123"), 1.0)),  # no group begins with 0
        ("us", ("1\u00a0234", "4", "1\u202f234,50", "1"), (1234, 4, Decimal("1234.5"), 1.0)),
    ],
)  # fmt: skip
def test_all_columns_together_prove_the_format(
    desk: Desk, account: str, row: tuple[str, str, str, str], expected: tuple[Any, ...]
) -> None:
    assert landed(desk, report(row), account) == [expected]


def test_a_row_far_below_decides_for_those_above_it(desk: Desk) -> None:
    rows = [("1.000", "40", "90", "1")] * 3000 + [("1.000", "40", "150.000", "1")]
    assert landed(desk, report(*rows))[0] == (1000, 40, Decimal(90), 1.0)


@pytest.mark.parametrize(
    ("account", "row", "expected"),
    [
        ("vn", ("1.000", "40", "90", "1"), "row 1, column “Impr.”: “1.000” may be 1 or 1,000"),
        ("us", ("10", "4", "1.234", "1"), "row 1, column “Cost”: “1.234” may be 1.234 or 1,234"),
    ],
)
def test_a_number_of_two_readings_beside_nothing_that_decides_is_refused_with_both(
    desk: Desk, account: str, row: tuple[str, str, str, str], expected: str
) -> None:
    assert expected in reason(desk, report(row), account)


def test_columns_that_contradict_each_other_refuse_the_file(desk: Desk) -> None:
    said = reason(desk, report(("800", "40", "90", "1.50"), ("800", "40", "150.000", "1")))
    assert "row 1, column “Conversions”: “1.50” can only be read with a decimal point" in said
    assert "row 2, column “Cost”: “150.000” can only be read with a decimal comma" in said


@pytest.mark.parametrize("cell", ["1_000", "1e3", "1 000", "1%", "1.5E+03", "0x10"])
def test_what_is_no_count_is_a_refused_row(desk: Desk, cell: str) -> None:
    content = report((cell, "1", "5", "1"), ("7", "1", "5", "1")).replace("@", "VND")
    outcome = desk.land_one("google_ads/vn/a.csv", content)
    assert desk.rows(outcome, "impressions") == [(7,)]
    assert desk.quarantined(outcome)[0][2:] == ("Impr.", "is no whole number", cell)


@pytest.mark.parametrize("cell", ["1_000", "5%", "1e3"])
def test_what_is_no_amount_is_a_refused_row(desk: Desk, cell: str) -> None:
    content = report(("7", "1", cell, "1"), ("7", "1", "5", "1")).replace("@", "VND")
    outcome = desk.land_one("google_ads/vn/a.csv", content)
    assert desk.rows(outcome, "cost") == [(Decimal(5),)]


def test_a_workbooks_typed_numbers_keep_their_value_beside_texts_of_another_format(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Day", "Campaign", "Currency code", "Impr.", "Clicks", "Cost", "Conversions"],
        ["2026-03-01", "A", "USD", 1000, 4, 1.125, 0.125],
        ["2026-03-01", "B", "USD", "1.234", 4, "12,50", 1.5],
    ):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    outcome = desk.land_one("google_ads/us/a.xlsx", buffer.getvalue())
    assert desk.rows(outcome, "impressions, cost, conversions") == [
        (1000, Decimal("1.125"), 0.125), (1234, Decimal("12.5"), 1.5),
    ]  # fmt: skip
