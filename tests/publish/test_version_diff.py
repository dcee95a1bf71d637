"""The parts of a cell's difference sum to it, digit by digit, and unknown values are never counted as zero."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from raceway.publish.version import published_versions
from raceway.publish.version_diff import Cell, Wanted, diff, kpi_named, parts_of
from tests.support.mart_company import Company

MARCH = ("net_sales", "month", dt.date(2026, 3, 1), "all", "all")
CAUSES = ("as_of", "rates", "batches of shopify")


def cell(values: list[float | None]) -> Cell:
    """A cell whose value is that of the earlier version, then the one after each cause."""
    known = [{} if value is None else {MARCH: Decimal(repr(value))} for value in values]
    parts = parts_of(MARCH, known[0], list(zip(CAUSES, known[1:], strict=True)), CAUSES)
    return Cell(*MARCH, known[0].get(MARCH), known[-1].get(MARCH), parts)


def test_the_parts_of_a_cell_sum_to_its_difference_where_doubles_would_not() -> None:
    found = cell([0.1, 0.3, 1e15 + 0.3, 0.7])

    assert found.parts is not None
    assert sum(found.parts.values()) == found.change == Decimal("0.6")
    assert found.parts["as_of"] == Decimal("0.2")


def test_a_cause_that_changes_nothing_has_no_part() -> None:
    found = cell([5.0, 5.0, 7.0, 7.0])
    assert found.parts == {"rates": Decimal("2.0")}


def test_a_value_that_a_build_in_between_does_not_know_is_no_zero() -> None:
    found = cell([5.0, None, 7.0, 8.0])
    assert found.parts == {"rates": Decimal("2.0"), "batches of shopify": Decimal("1.0")}
    assert sum(found.parts.values()) == found.change


def test_a_cell_that_only_one_version_knows_has_no_parts() -> None:
    for values in ([None, 1.0, 2.0, 3.0], [3.0, 2.0, 1.0, None]):
        found = cell(values)
        assert (found.change, found.parts) == (None, None)


def test_without_a_build_tables_and_cells_are_told_and_no_parts(published_twice: Company) -> None:
    first, second = published_versions(published_twice.home)

    found = diff(published_twice.home, first, second, Wanted(period="month"), quick=True)

    assert [(one.table, one.only_left, one.only_right) for one in found.tables] == [("race_kpi", 1, 1)]
    [cell] = found.cells
    assert (cell.kpi, cell.period_start, cell.before, cell.after) == ("ad_spend", dt.date(2026, 10, 1), 620, 700)
    assert (cell.change, cell.parts, found.causes) == (80, None, ())
    assert diff(published_twice.home, first, second, Wanted(kpi="customer_retention_rate"), quick=True).cells == ()
    assert diff(published_twice.home, first, first, quick=True).tables == ()


def test_a_kpi_is_asked_for_by_its_key_or_its_name(published_twice: Company) -> None:
    [version, _] = published_versions(published_twice.home)
    assert kpi_named(version, "Ad_Spend") == "ad_spend"
