"""A cohort's figure may change until its window is over. The days are those of the measures' definitions, by hand."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from raceway.config.settings import Settings
from tests.support.mart import Mart, seed

WINDOWS = {
    "carts_ordered": 7,  # "ordered within 7 days"
    "activated_accounts": 7,  # "used a key feature within 7 days"
    "signups_with_usage": 7,  # the whole of it
    "profiles_completed": 30,  # "a complete profile within 30 days"
    "leads_created_cohort": 90,  # the whole of the next one
    "leads_won_cohort": 90,  # "ordered or whose deal was won within 90 days"
    "trials_converted": 60,  # "paid within 30 days of their end", which is 30 days after the start at most
    "orders_cancelled": 60,  # "cancelled within 60 days"
    "orders_undelivered": 60,  # "not accepted at delivery within 60 days"
    "orders_returned": 60,  # "a refund or return within 60 days"
    "tickets_resolved_first_contact": 7,  # no reopening within 7 days
    "tickets_reopened": 7,  # the same
    "community_topics_answered": 1,  # "answered within 24 hours"
    "refunded_sales_60d": 60,  # "of the 60 days after the order"
    "renewals_made": 30,  # "renewed within 30 days"
    "nps_answered_invited": 30,  # "answered within 30 days"
    "first_year_gross_profit": 365,  # "the 365 days from the first order on"
    "cac_payback_months": 365,  # as the value that it is the first part of
    "referrals_converted": 90,  # "the invited who ordered within 90 days"
}
# the month of March ends 30 days before it, and the cycle that ends on the 30th 31 days
AS_OF = dt.date(2026, 4, 30)
CYCLE = dt.date(2025, 12, 31)
BUILT = "int_unstated_orders int_untold_days int_periods int_initiative_windows int_windows int_window_days int_measure_coverage"


@pytest.fixture(scope="module")
def covered(tmp_path_factory: pytest.TempPathFactory, dbt: Any, empty_warehouse: Path) -> Mart:
    """All sources cover all days up to as_of."""
    mart = Mart(Path(shutil.copy(empty_warehouse, tmp_path_factory.mktemp("cohorts") / "warehouse.duckdb")), dbt)
    mart.cover_all("2025-12-01", "04-29")
    mart.settings(as_of=AS_OF, cycle_start=CYCLE, cart_window_days=Settings().customers.cart_window_days)
    mart.build(select=BUILT)
    return mart


def is_complete(mart: Mart, measure: str, period: str, last: dt.date) -> bool:
    [(found,)] = mart.run_sql(
        "select is_complete from int_measure_coverage "
        "where measure = ? and period = ? and window_end = ? and is_period",
        measure, period, last,
    )  # fmt: skip
    return found


@pytest.mark.parametrize("measure", sorted({row["measure"] for row in seed("measure_rules") if row["follow_up"]}))
def test_a_cohort_is_incomplete_on_the_last_day_of_its_window_and_complete_the_day_after(
    covered: Mart, measure: str
) -> None:
    window = dt.timedelta(days=WINDOWS[measure])
    if {row["measure"]: row["grains"] for row in seed("measures")}[measure] == "all":
        # as_of is not over: it is the last day of the window of the first cohort, and the day after that of the second
        assert not is_complete(covered, measure, "day", AS_OF - window)
        assert is_complete(covered, measure, "day", AS_OF - window - dt.timedelta(days=1))
    else:
        assert not is_complete(covered, measure, "month", dt.date(2026, 3, 31))
        assert is_complete(covered, measure, "cycle", dt.date(2026, 3, 30)) is (window.days <= 30)


def test_every_measure_with_a_window_in_its_definition_waits_for_it(covered: Mart) -> None:
    # a visitor's, a customer's and a lead's worth look back; sessions convert by an order that they name
    assert {row["measure"] for row in seed("measure_rules") if row["follow_up"]} == set(WINDOWS)
    # what has no window is complete as soon as its day is over
    assert is_complete(covered, "orders", "day", AS_OF - dt.timedelta(days=1))
