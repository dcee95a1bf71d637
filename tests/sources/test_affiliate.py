"""Affiliate transactions: quoted numbers, a status in digits, and the real ones."""

from __future__ import annotations

import csv
from decimal import Decimal

import duckdb
import pytest

from raceway.common.home import PROJECT
from tests.support.desk import Desk
from tests.support.real_files import SAMPLES

HEAD = '"id","publisher_id","sale_amount","commission","date","commission_status","validation_date","ip","products"\r\n'


def sale(number: int, status: str, amount: str = "39.60") -> str:
    products = '"[{""product_id"":""84"",""name"":""Giày, \\""đỏ\\"""",""unit_price"":39.60}]"'
    return f'"{number}","77","{amount}","4.75","2025-05-26 10:07:00","{status}","","203.0.113.7",{products}\r\n'


def test_quoted_numbers_and_a_status_in_digits_land_typed(desk: Desk) -> None:
    content = ("\ufeff" + HEAD + sale(1, "1") + sale(2, "2", "1,042.00") + sale(3, "0")).encode("utf-8")
    outcome = desk.land_one("affiliate/us/awin.csv", content)
    assert desk.rows(outcome, "transaction_id, cast(sale_amount as varchar), status, cast(transaction_at as varchar)") == [
        ("1", "39.600000", "approved", "2025-05-26 14:07:00"),
        ("2", "1042.000000", "declined", "2025-05-26 14:07:00"),
        ("3", "39.600000", "pending", "2025-05-26 14:07:00"),
    ]  # fmt: skip
    assert desk.rows(outcome, "products like '[{%}]'")[0] == (True,)
    assert "ip" not in desk.batch(outcome.batches[0]).manifest["columns"]


def test_a_status_that_nobody_knows_stops_at_the_gate(desk: Desk) -> None:
    from raceway.gate.batch_gate import check_batch

    outcome = desk.land_one("affiliate/us/awin.csv", HEAD + sale(1, "7"), gate=check_batch)
    assert (outcome.status, "status" in outcome.reason) == ("refused", True)


@pytest.mark.parametrize("amount", ["4O.00", "1e400"])
def test_an_amount_that_is_none_refuses_its_row(desk: Desk, amount: str) -> None:
    outcome = desk.land_one("affiliate/us/awin.csv", HEAD + sale(1, "1") + sale(2, "1", amount))
    assert (outcome.rows_landed, outcome.rows_refused) == (1, 1)
    assert [(row[1], row[2]) for row in desk.quarantined(outcome)] == [("2", "sale_amount")]


def test_the_real_transactions_land_with_the_sums_that_another_reader_finds(desk: Desk) -> None:
    file = SAMPLES / "referral_affiliate" / "awin_transactions_excerpt_redacted.csv"
    if not file.is_file():
        pytest.skip(f"no samples at {SAMPLES}")
    outcome = desk.land_one("affiliate/us/awin.csv", file.read_bytes())
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    words = {"0": "pending", "1": "approved", "2": "declined"}
    expected: dict[str, tuple[int, Decimal, Decimal]] = {}
    for row in rows:
        many, sales, commission = expected.get(words[row["commission_status"]], (0, Decimal(0), Decimal(0)))
        expected[words[row["commission_status"]]] = (
            many + 1, sales + Decimal(row["sale_amount"]), commission + Decimal(row["commission"]),
        )  # fmt: skip
    path = desk.batch(outcome.batches[0]).path
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select status, count(*), sum(sale_amount), sum(commission) from read_parquet('{path}') group by status"
        ).fetchall()
    assert {status: tuple(sums) for status, *sums in found} == expected
    assert desk.batch(outcome.batches[0]).manifest["findings"] == []


@pytest.mark.parametrize(
    ("template", "source", "table"),
    [("affiliate_transactions", "affiliate", "transactions")],
)
def test_the_templates_land(desk: Desk, template: str, source: str, table: str) -> None:
    account = {"affiliate": "us", "referral": "shop"}[source]
    content = (PROJECT.root / "docs" / "templates" / f"{template}.csv").read_bytes()
    outcome = desk.land_one(f"{source}/{account}/{template}.csv", content)
    assert (outcome.status, list(outcome.tables), outcome.rows_refused) == ("landed", [table], 0), outcome.reason
