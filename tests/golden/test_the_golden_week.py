"""The week of docs/tutorials/golden-week.md: files by hand, numbers by hand, the real pipeline between them."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import PROJECT
from tests.golden.golden_week import FOLDER, night, rows

NOT_IN_THE_WEEK = {
    # months of searches by keyword, a list of accounts and an experiment are no story of a week
    "brand_search_volume", "profile_completion_rate", "experiments_concluded",
    # fitted on more customers than six
    "predicted_clv", "repurchase_likelihood",
    # the week sends no messages
    "message_read_rate", "message_click_rate", "message_opt_out_rate",
    # no order of the week states its fees
    "contribution_margin", "contribution_margin_after_ads",
    # the week has no campaign map
    "customer_marketing_roi",
    # a query table speaks for a whole month, and March is not over
    "brand_click_share",
    # no tool of the week tells opens by address
    "active_subscriber_rate",
    # the six have no community, and go to no event
    "community_members", "community_active_rate", "community_answer_rate",
    "gathering_registrations", "attendance_rate",
    # nobody was asked how easy it was
    "customer_effort_score",
}  # fmt: skip
"""KPIs that the week cannot tell, each with its reason."""


def decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def test_every_file_of_the_week_has_its_export_time() -> None:
    files = {str(path.relative_to(FOLDER / "inbox")) for path in (FOLDER / "inbox").rglob("*") if path.is_file()}
    assert files == {row["path"] for row in rows("exported_at.csv")}


def test_the_week_touches_every_kpi_and_states_each_once() -> None:
    expected = rows("expected.csv")
    keys = [(r["kpi"], r["period"], r["period_start"], r["channel"], r["market"]) for r in expected]
    assert len(set(keys)) == len(keys)
    with (PROJECT.dbt_project / "seeds" / "kpi_catalog.csv").open(encoding="utf-8", newline="") as file:
        catalogue = {row["kpi"] for row in csv.DictReader(file)}
    assert catalogue - {r["kpi"] for r in expected} == NOT_IN_THE_WEEK


def test_the_expected_values_are_what_their_parts_say() -> None:
    with (PROJECT.dbt_project / "seeds" / "kpi_catalog.csv").open(encoding="utf-8", newline="") as file:
        scales = {row["kpi"]: Decimal(row["scale"]) for row in csv.DictReader(file)}
    for row in rows("expected.csv"):
        if not row["value"]:
            continue
        parts = Decimal(row["numerator"]) / (decimal(row["denominator"]) or 1)
        assert abs(Decimal(row["value"]) - scales[row["kpi"]] * parts) < Decimal("1e-6"), row


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mart that one real night makes of the golden week."""
    return night(tmp_path_factory).current / "race.duckdb"


def test_the_mart_shows_the_numbers_worked_out_by_hand(mart: Path) -> None:
    wrong = []
    with duckdb.connect(str(mart), read_only=True) as connection:
        for row in rows("expected.csv"):
            key = [row[name] for name in ("kpi", "period", "period_start", "channel", "market")]
            found = connection.execute(
                "select numerator::varchar, denominator::varchar, value::varchar from race_kpi "
                "where kpi = ? and period = ? and period_start = ?::date and channel = ? and market = ?",
                key,
            ).fetchall()
            shown = [tuple(None if cell is None else Decimal(cell) for cell in line) for line in found]
            meant = (decimal(row["numerator"]), decimal(row["denominator"]), decimal(row["value"]))
            if len(shown) != 1 or not all(_same(one, other) for one, other in zip(meant, shown[0], strict=True)):
                wrong.append((key, meant, shown))
    assert wrong == []


def _same(meant: Decimal | None, shown: Decimal | None) -> bool:
    if meant is None or shown is None:
        return meant is None and shown is None
    return abs(meant - shown) <= Decimal("1e-9") * max(abs(meant), 1)


def test_the_target_of_march_is_reached_twice_over_for_the_days_that_are_over(mart: Path) -> None:
    with duckdb.connect(str(mart), read_only=True) as connection:
        [(target, due, attainment, status)] = connection.execute(
            "select target, round(paced_target), round(attainment, 4), status from race_kpi where kpi = 'net_sales' and period = 'month' "
            "and period_start = date '2026-03-01' and channel = 'all' and market = 'all'"
        ).fetchall()
    assert (int(target), int(due), attainment, status) == (4_000_000, 1_032_258, 2.0177, "on_track")
