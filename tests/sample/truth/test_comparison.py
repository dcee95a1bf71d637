"""The comparison of truth and mart finds what differs, on either side."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from raceway.sample.truth.comparison import compare

MEASURES = "measure,period,period_start,channel,market,value\n"
KPIS = "kpi,period,period_start,channel,market,numerator,denominator,value\n"


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    (tmp_path / "measures.csv").write_text(
        MEASURES + "orders,month,2026-03-01,all,all,7\n"
        "search_impressions,month,2026-03-01,all,all,100\n"
        "search_position_x_impressions,month,2026-03-01,all,all,450.5\n"
    )
    (tmp_path / "kpis.csv").write_text(
        KPIS + "ctr,month,2026-03-01,all,all,1,3,0.3333333333333333\nroas,month,2026-03-01,display,all,0,9,0.0\n"
    )
    return tmp_path


def mart(folder: Path, measures: str, kpis: str) -> Path:
    path = folder / "race.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table race_measure (measure varchar, period varchar, period_start date, channel varchar, "
            "market varchar, value decimal(38,6))"
        )
        connection.execute(
            "create table race_kpi (kpi varchar, period varchar, period_start date, channel varchar, market varchar, "
            "numerator decimal(38,6), denominator decimal(38,6), value double)"
        )
        connection.execute(f"insert into race_measure values {measures}")
        connection.execute(f"insert into race_kpi values {kpis}")
    return path


MONTH = "'month', '2026-03-01', 'all', 'all'"
EQUAL = f"('orders', {MONTH}, 7), ('search_impressions', {MONTH}, 100), ('search_position_x_impressions', {MONTH}, 453)"
RATE = f"('ctr', {MONTH}, 1, 3, 1/3)"


def test_zero_rows_and_printed_positions_are_no_difference(truth: Path, tmp_path: Path) -> None:
    found = compare(truth, mart(tmp_path, f"{EQUAL}, ('signups', {MONTH}, 0)", f"{RATE}, ('cpc', {MONTH}, 0, 0, null)"))
    assert found.is_equal, str(found)
    assert found.names == {"orders", "search_impressions", "search_position_x_impressions", "ctr"}
    assert found.largest_difference == Decimal("2.5")  # the position, within 0.05 × 100


def test_a_wrong_a_missing_and_a_surplus_number_are_each_named(truth: Path, tmp_path: Path) -> None:
    wrong = f"('orders', {MONTH}, 8), ('search_impressions', {MONTH}, 100), ('visitors', {MONTH}, 1)"
    found = compare(truth, mart(tmp_path, wrong, RATE))
    assert {(d.key[0], d.truth, d.mart) for d in found.differences} == {
        ("orders", Decimal(7), Decimal(8)),
        ("search_position_x_impressions", Decimal("450.5"), None),
        ("visitors", None, Decimal(1)),
    }
    assert (found.truth_only, found.mart_only) == (1, 1)
    assert "race_measure.value orders, month 2026-03-01, all × all: truth 7, mart 8" in str(found)
    assert not found.is_equal


def test_a_position_beyond_its_printed_rounding_differs(truth: Path, tmp_path: Path) -> None:
    found = compare(truth, mart(tmp_path, EQUAL.replace("453", "456"), RATE))
    assert [d.key[0] for d in found.differences] == ["search_position_x_impressions"]


def test_a_tolerance_is_for_the_measure_it_names(truth: Path, tmp_path: Path) -> None:
    path = mart(tmp_path, EQUAL.replace("7)", "8)"), RATE)
    assert compare(truth, path, {"orders": Decimal(1)}).is_equal
    assert not compare(truth, path, {"visitors": Decimal(1)}).is_equal


def test_two_empty_sides_are_not_equal(tmp_path: Path) -> None:
    (tmp_path / "measures.csv").write_text(MEASURES)
    (tmp_path / "kpis.csv").write_text(KPIS)
    path = mart(tmp_path, f"('orders', {MONTH}, 0)", f"('ctr', {MONTH}, 0, 0, null)")
    assert not compare(tmp_path, path).is_equal


def test_what_nobody_can_know_is_not_0_and_0_is_not_unknown(truth: Path, tmp_path: Path) -> None:
    (truth / "measures.csv").write_text((truth / "measures.csv").read_text() + "leads,month,2026-03-01,all,all,\n")
    (truth / "kpis.csv").write_text((truth / "kpis.csv").read_text() + "cpc,month,2026-03-01,all,all,5,0,\n")
    roas = "('roas', 'month', '2026-03-01', 'display', 'all', 0, 9, {})"
    known = mart(
        tmp_path, f"{EQUAL}, ('leads', {MONTH}, null)", f"{RATE}, {roas.format(0)}, ('cpc', {MONTH}, 5, 0, null)"
    )
    assert compare(truth, known).is_equal
    known.unlink()
    guessed = mart(
        tmp_path, f"{EQUAL}, ('leads', {MONTH}, 0)", f"{RATE}, {roas.format('null')}, ('cpc', {MONTH}, 5, 0, 0)"
    )
    assert {(d.key[0], d.column, d.truth, d.mart) for d in compare(truth, guessed).differences} == {
        ("leads", "value", None, Decimal(0)),
        ("roas", "value", Decimal("0.0"), None),
        ("cpc", "value", None, Decimal(0)),
    }
