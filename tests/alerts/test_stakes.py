"""What hangs on an account: money a day from the published facts, and the leading KPIs that its source feeds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from raceway.alerts.points import Place
from raceway.alerts.stakes import Stakes
from raceway.alerts.words import money
from raceway.common.home import Home
from tests.support.small_version import small_version


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A published version as of 1 March 2026: 28 days are 1 to 28 February."""
    return small_version(tmp_path, "2026-03-01", [
        "create table fct_convert_order (source varchar, account varchar, order_date date, net_sales decimal(18, 6),"
        " is_counted boolean)",
        """
        insert into fct_convert_order values
            ('shopify', 'vn', '2026-01-31', 900, true), ('shopify', 'vn', '2026-02-01', 2800, true),
            ('shopify', 'vn', '2026-02-28', 1400, true), ('shopify', 'vn', '2026-02-28', 5600, false),
            ('shopify', 'us', '2026-02-10', 280, true), ('shopify', 'vn', '2026-03-01', 700, true)
        """,
        "create table fct_reach_ads as select * from (values ('meta_ads', 'vn', date '2026-02-02', 56.0))"
        " as ads (source, account, day, cost)",
        """
        create table kpi_catalog as select * from (values
            ('Net sales', 'Doanh thu', 'convert', 'net_sales', null, '1'),
            ('Ad spend', 'Chi phí', 'reach', 'ad_spend', null, '1'),
            ('Gross sales', 'Doanh thu gộp', 'convert', 'gross_sales', null, '0')
        ) as kpis (name, name_vi, stage, numerator, denominator, "leading")
        """,
    ])  # fmt: skip


def test_money_is_the_mean_of_the_28_days_before_the_marts_day(home: Home) -> None:
    stakes = Stakes(home, "en")
    assert stakes.of(Place("shopify", "vn")).money == {"sales": Decimal(150)}
    assert stakes.of(Place("shopify")).money == {"sales": Decimal(160)}
    assert stakes.of(Place("meta_ads", "vn")).money == {"cost": Decimal(2)}
    assert stakes.of(Place("ga4", "vn")).money == {}


def test_kpis_are_the_leading_ones_that_the_source_feeds(home: Home) -> None:
    assert Stakes(home, "en").of(Place("shopify", "vn")).kpis == ("Net sales",)
    assert Stakes(home, "vi").of(Place("meta_ads", "vn")).kpis == ("Chi phí",)
    # of a check of a fact: those of its stage
    assert Stakes(home, "en").of(Place(), "fct_convert_margin").kpis == ("Net sales",)
    assert Stakes(home, "en").of(Place(), "int_windows").kpis == ()


def test_nothing_is_known_before_the_first_version(tmp_path: Path) -> None:
    assert Stakes(Home(tmp_path), "en").of(Place("shopify", "vn")).money == {}


def test_a_mean_is_written_with_three_digits() -> None:
    assert money(Decimal("8446632.86"), "VND", "en") == "8,450,000 VND"
    assert money(Decimal("8446632.86"), "VND", "vi") == "8.450.000 VND"
    assert money(Decimal("12.5"), "USD", "en") == "13 USD"
