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
        ("us", ("10", "4", "1,234", "12,34"), (10, 4, Decimal("1.234"), 12.34)),  # no slip: it decides for the cost
        ("us", ("1\u00a0234", "4", "1\u202f234,50", "1"), (1234, 4, Decimal("1234.5"), 1.0)),
    ],
)  # fmt: skip
def test_all_columns_together_prove_the_format(
    desk: Desk, account: str, row: tuple[str, str, str, str], expected: tuple[Any, ...]
) -> None:
    assert landed(desk, report(row), account) == [expected]


def test_a_rate_decides_for_a_rate_that_both_formats_can_read(desk: Desk) -> None:
    rows = landed(desk, report(("10", "4", "15", "1,234"), ("10", "4", "15", "12,34")), "us")
    assert [conversions for *_, conversions in rows] == [1.234, 12.34]


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


ALONE = {  # files in which nothing decides: a rate of exchange, a target, points, a discount, a share of a conversion
    "plan/company/fx_rates.csv": "rate_date,currency,to_currency,rate\n2026-03-02,USD,VND,25.410\n",
    "plan/company/targets.csv": "kpi,period,period_start,channel,market,target\norders,month,2026-03-01,,,1.000\n",
    "loyalty/club/ledger.csv": "posting_id,member_id,posted_at,kind,points\nP,M,2026-03-01 10:00:00,earned,1.000\n",
    "shopify/shop/orders_export.csv": (
        "Name,Email,Financial Status,Currency,Subtotal,Total,Discount Amount,Created at,Lineitem quantity,"
        "Lineitem name,Lineitem price\n#1,,paid,VND,150000,150000,30.000,2026-03-01 10:00:00 +0700,1,X,180000\n"
    ),
    "zalo_oa/oa/m.csv": (
        "message_id,title,message_type,sent_at,sent,delivered,read,clicks\n1,T,ZNS,2026-03-01 10:00:00,1.000,990,8,1\n"
    ),
    "google_ads/us/conversions.csv": "Day,Campaign,Impr.,Clicks,Cost,Conversions\n2026-03-01,X,100,9,12,1.000\n",
}


def test_so_it_is_in_every_source_and_in_amounts_that_no_currency_bears(desk: Desk) -> None:
    for place, content in ALONE.items():
        outcome = desk.land_one(place, content)
        assert (outcome.status, outcome.rows_landed) == ("refused", 0), place
        assert "and nothing else in the file shows which" in outcome.reason, place
    rates = "rate_date,currency,to_currency,rate\n2026-03-02,USD,VND,25.410\n2026-03-02,EUR,USD,{}\n"
    for other, rate in (("1.0854", "25.41"), ('"1,0854"', "25410")):
        outcome = desk.land_one("plan/company/fx_rates.csv", rates.format(other))
        assert desk.rows(outcome, "rate")[0] == (Decimal(rate),)


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
