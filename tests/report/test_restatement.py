"""What newer exports changed of a period since it was first published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import duckdb
import pytest

from raceway.report.change import Change
from raceway.report.kpi_cells import Kpi
from raceway.report.restatement import Restatement, read_restatement, restated_periods

MAY = ("month", date(2026, 5, 1))
ONE = Fraction(1)
CTR = Kpi("ctr", "reach", "Click-through rate", "CTR", "percent", "up", (("ad_clicks", ONE),), (("impressions", ONE),),
          ONE, {}, {}, True, True)  # fmt: skip


@pytest.fixture
def mart() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as race")
        yield connection


def published(mart: duckdb.DuckDBPyConnection, *rows: tuple[int, int, bool]) -> None:
    """Versions of May: clicks, impressions, whether it was complete."""
    mart.execute(
        "create table race.kpi_published (kpi varchar, period varchar, period_start date, channel varchar, "
        "market varchar, numerator decimal(38, 6), denominator decimal(38, 6), value double, is_complete boolean, "
        "as_of date, version varchar, published_at timestamp)"
    )
    for number, (clicks, impressions, complete) in enumerate(rows, 1):
        mart.execute(
            "insert into race.kpi_published values ('ctr', 'month', '2026-05-01', 'all', 'all', ?, ?, ?, ?, ?, ?, ?)",
            [clicks, impressions, clicks / impressions, complete, date(2026, 6, number), f"v{number}",
             f"2026-06-{number:02d} 03:00:00"],
        )  # fmt: skip


def change(now: str) -> Change:
    return Change(CTR, MAY, ("month", date(2026, 6, 1)), ("all", "all"), Fraction(now), Fraction("0.06"), ())


def test_the_first_published_value_stands_beside_what_is_there_now(mart: duckdb.DuckDBPyConnection) -> None:
    published(mart, (10, 200, True), (12, 200, True), (16, 200, True))

    found = read_restatement(mart, change("0.08"))

    assert found == Restatement(Fraction("0.05"), Fraction("0.08"), date(2026, 6, 1), "v1", True, 2)
    assert found.amount == Fraction("0.03")
    assert restated_periods(mart) == {"kpi": ["ctr"], "period": ["month"], "period_start": ["2026-05-01"]}


def test_what_came_in_later_is_said_to_have_been_missing_and_no_correction(mart: duckdb.DuckDBPyConnection) -> None:
    published(mart, (10, 200, False), (12, 200, True))

    found = read_restatement(mart, change("0.06"))

    assert found is not None
    assert (found.was_complete, found.times) == (False, 1)
    assert restated_periods(mart)["kpi"] == []


def test_what_came_back_to_its_first_value_stands_as_it_was_told(mart: duckdb.DuckDBPyConnection) -> None:
    published(mart, (10, 200, True), (12, 200, True), (10, 200, True))

    assert restated_periods(mart)["kpi"] == []


def test_a_complete_value_that_is_known_no_more_is_restated(mart: duckdb.DuckDBPyConnection) -> None:
    published(mart, (10, 200, True), (12, 200, True))
    mart.execute("update race.kpi_published set numerator = null, value = null where version = 'v2'")

    assert restated_periods(mart)["kpi"] == ["ctr"]


def test_that_a_period_became_complete_is_no_restatement(mart: duckdb.DuckDBPyConnection) -> None:
    published(mart, (10, 200, False), (10, 200, True))

    found = read_restatement(mart, change("0.05"))

    assert found is not None
    assert (found.amount, found.times) == (0, 0)


def test_a_mart_of_an_older_program_says_nothing(mart: duckdb.DuckDBPyConnection) -> None:
    assert read_restatement(mart, change("0.05")) is None
    assert restated_periods(mart)["kpi"] == []
