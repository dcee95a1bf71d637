"""How single cells become values, in either number locale and in every date format."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raceway.common.sql import quoted
from raceway.config.accounts import Account
from raceway.contracts.grammar import ColumnContract, ColumnMeta, TableContract
from raceway.contracts.load import load_contract
from raceway.reading.cells import cell, cell_macro
from raceway.reading.macros import make_macros
from raceway.reading.members import Member
from raceway.reading.shape import Shape
from raceway.reading.zones import zone_rows

ACCOUNT = Account(
    source="square", account="till", name="till", market="US", time_zone="Asia/Ho_Chi_Minh", currency="USD"
)


@pytest.fixture(scope="module")
def table() -> TableContract:
    return load_contract("mailchimp").table("campaigns")  # null tokens: empty, N/A, n/a


@pytest.fixture(scope="module")
def connection(table: TableContract) -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute("set timezone = 'UTC'")
    make_macros(made)
    made.execute(cell_macro(table))
    names, iana = zip(*zone_rows(), strict=True)
    made.execute("create temp table zones as select unnest($1) as name, unnest($2) as iana", [list(names), list(iana)])
    return made


@pytest.fixture(scope="module")
def value(connection: duckdb.DuckDBPyConnection, table: TableContract) -> Any:
    """The typed value of a text in a column of a type; `comma` chooses the number locale."""

    def read(
        text: str, data_type: str, comma: bool = False, extra: str = "", sheet: bool = False, **meta: Any
    ) -> Any:  # fmt: skip
        column = ColumnContract(name="x", data_type=data_type, description="x", meta=ColumnMeta(**meta))
        chosen = table.model_copy(
            update={"meta": table.meta.model_copy(update={"number_locale": "comma" if comma else "point"})}
        )
        shape = Shape(Member("a.csv", None, None, "csv"), chosen)  # type: ignore[arg-type]  # no file is opened
        if sheet:
            shape.member.sheet = (Path("a.xlsx"), "Sheet1")
        sql = cell(column, f"rw_cell({quoted(text)})", shape, ACCOUNT, {"Extra": quoted(extra)}).value
        row = connection.execute(f"select {sql}").fetchone()
        assert row is not None
        return row[0]

    return read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1286.58", "1286.58"), ("1,286.58", "1286.58"), ("$8.00", "8"), ("US$9.72", "9.72"), ("($33.62)", "-33.62"),
        ("-$5.10", "-5.10"), ("$-5.10", "-5.10"), ("$1,149.00 ", "1149"), ("₫1,234", "1234"), ("1234 VND", "1234"),
        ("VND 1234", "1234"), ("1\u00a0234.50", "1234.5"), ("1\u202f234.50", "1234.5"), ("+7", "7"), (".5", "0.5"),
        ("0", "0"), ("", None), ("N/A", None), (" ", None), ("12,34", None), ("1.234.567", None), ("abc", None),
        ("< 10%", None), ("1,23,456", None), ("--5", None),
    ],
)  # fmt: skip
def test_amounts_with_a_decimal_point(value: Any, text: str, expected: str | None) -> None:
    assert value(text, "decimal(18,6)") == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.286,58", "1286.58"), ("1 286,58", "1286.58"), ("₫1.234", "1234"), ("3,5", "3.5"), ("1.234", "1234"),
     ("12.34", None), ("1,234,567", None)],
)  # fmt: skip
def test_amounts_with_a_decimal_comma(value: Any, text: str, expected: str | None) -> None:
    assert value(text, "decimal(18,6)", comma=True) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("10,708", 10708), ("64517.0", 64517), ("0", 0), ("-3", -3), ("12.5", None), ("1e3", None), ("1.20253E+17", None),
     ("999999999999999999", 999999999999999999)],
)  # fmt: skip
def test_whole_numbers(value: Any, text: str, expected: int | None) -> None:
    assert value(text, "bigint") == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("6.47%", 0.0647), ("2.05%", 0.0205), ("0%", 0.0), ("100%", 1.0), ("0.1218", 0.1218)]
)
def test_percents_are_fractions_and_a_workbooks_fraction_stays_one(value: Any, text: str, expected: float) -> None:
    assert value(text, "double", percent=True) == expected


def test_powers_of_ten_are_numbers_but_no_counts(value: Any) -> None:
    assert value(" 1.5E-05", "double") == 1.5e-05
    assert value("1.20253E+17", "bigint") is None


def test_a_percent_with_a_decimal_comma(value: Any) -> None:
    assert value("3,5%", "double", comma=True, percent=True) == 0.035


@pytest.mark.parametrize(
    ("text", "formats", "expected"),
    [
        ("2026-03-01", (), dt.date(2026, 3, 1)), ("20260301", ("%Y%m%d",), dt.date(2026, 3, 1)),
        ("05/03/2026", ("%d/%m/%Y",), dt.date(2026, 3, 5)), ("2026-03-01 00:00:00", ("%d/%m/%Y",), dt.date(2026, 3, 1)),
        ("Thu, 5 Feb 2026", ("%a, %d %b %Y",), dt.date(2026, 2, 5)), ("2026-02-30", (), None), ("05/03/2026", (), None),
    ],
)  # fmt: skip
def test_dates_follow_the_contract_and_are_never_guessed(
    value: Any, text: str, formats: tuple[str, ...], expected: dt.date | None
) -> None:
    assert value(text, "date", moment={"formats": formats}) == expected


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        ("2023-04-09 20:05:13 -0700", {"formats": ("%Y-%m-%d %H:%M:%S %z",)}, dt.datetime(2023, 4, 10, 3, 5, 13)),
        ("2026-03-01T10:00:00+07:00", {}, dt.datetime(2026, 3, 1, 3)),
        ("2026-03-01 10:00:00", {}, dt.datetime(2026, 3, 1, 10)),
        ("2026-03-01 10:00:00", {"zone": "account"}, dt.datetime(2026, 3, 1, 3)),
        ("Mar 14, 2024 09:12 pm", {"formats": ("%b %d, %Y %I:%M %p",), "zone": "local"}, dt.datetime(2024, 3, 14, 21, 12)),
        ("1617691790431476", {"epoch": "us"}, dt.datetime(2021, 4, 6, 6, 49, 50, 431476)),
        ("yesterday", {}, None),
    ],
)  # fmt: skip
def test_times_are_utc_unless_the_contract_keeps_them_local(
    value: Any, text: str, moment: dict[str, Any], expected: dt.datetime | None
) -> None:
    assert value(text, "timestamp", moment=moment) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01 10:00:00", dt.datetime(2026, 3, 1, 3)), ("2026-03-01", dt.datetime(2026, 2, 28, 17)),
        ("2026-03-01 10:00:00.250000", dt.datetime(2026, 3, 1, 3, 0, 0, 250_000)),
        ("05/03/2026 08:30", dt.datetime(2026, 3, 5, 1, 30)),
    ],
)  # fmt: skip
def test_a_workbooks_typed_time_is_read_beside_the_contracts_formats(
    value: Any, text: str, expected: dt.datetime
) -> None:
    """A cell that a workbook types has lost the format that the contract names; at midnight it shows a bare day."""
    moment = {"formats": ("%d/%m/%Y %H:%M",), "zone": "account"}
    assert value(text, "timestamp", sheet=True, moment=moment) == expected


def test_a_text_files_time_is_read_by_the_contracts_formats_only(value: Any) -> None:
    assert value("2026-03-01 10:00:00", "timestamp", moment={"formats": ("%d/%m/%Y %H:%M",)}) is None


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Eastern Time (US & Canada)", dt.datetime(2026, 7, 18, 16, 59, 30)),  # summer: UTC-4
        ("America/New_York", dt.datetime(2026, 7, 18, 16, 59, 30)),
        ("Hanoi", dt.datetime(2026, 7, 18, 5, 59, 30)),
        ("Nowhere Time", None),
    ],
)
def test_a_rows_own_zone_counts(value: Any, zone: str, expected: dt.datetime | None) -> None:
    moment = {"formats": ("%Y-%m-%d %H:%M:%S",), "zone": "column Extra"}
    assert value("2026-07-18 12:59:30", "timestamp", extra=zone, moment=moment) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("true", True), ("No", False), ("có", True), ("0", False), ("maybe", None)]
)
def test_yes_and_no(value: Any, text: str, expected: bool | None) -> None:
    assert value(text, "boolean") is expected


@settings(max_examples=150, deadline=None)
@given(number=st.decimals(-(10**11), 10**11, places=2, allow_nan=False))
def test_an_amount_survives_being_printed_with_thousands(value: Any, number: Decimal) -> None:
    assert value(f"{number:,.2f}", "decimal(18,6)") == number
    swapped = f"{number:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    assert value(swapped, "decimal(18,6)", comma=True) == number
