"""Three years of exports land in one go, and what is young stays unknown instead of new.

Landed, gated, frozen and built in the tests' own process: that a night does just this, the other nights here show.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.build.freeze import freeze
from raceway.config.accounts import Account, load_accounts
from raceway.config.init import init_home
from raceway.config.settings import Business, Settings, load_settings
from raceway.gate.batch_gate import check_batch
from raceway.history.records import Check
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.landing.outcome import Outcome

YEARS = (2023, 2024, 2025)
AS_OF = dt.date(2026, 1, 1)
EXPORTED_AT = dt.datetime(2026, 1, 1, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=7)))


def orders() -> list[tuple[str, dt.date]]:
    """Each month somebody else comes on the 10th. Ann and Ben come early in the history, and again."""
    monthly = [(f"c{year}-{month}", dt.date(year, month, 10)) for year in YEARS for month in range(1, 13)]
    ann = [("ann", dt.date(2023, 2, 5)), ("ann", dt.date(2025, 8, 20))]
    ben = [("ben", dt.date(2023, 3, 1)), ("ben", dt.date(2023, 7, 5))]
    return sorted([*monthly, *ann, *ben], key=lambda order: order[1])


def put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    os.utime(file, (EXPORTED_AT.timestamp(), EXPORTED_AT.timestamp()))


def sale(number: int, who: str, day: dt.date) -> dict[str, str]:
    """A row of the shop's export: shoes for 100,000 đ."""
    return {
        "Name": f"#{1001 + number}", "Email": f"{who}@example.com", "Financial Status": "paid", "Currency": "VND",
        "Subtotal": "100000", "Shipping": "0", "Taxes": "0", "Total": "100000", "Discount Amount": "0",
        "Created at": f"{day} 10:00:00 +0700", "Lineitem quantity": "1", "Lineitem name": "Giày",
        "Lineitem price": "100000", "Lineitem sku": "", "Billing Country": "VN", "Billing Phone": "",
        "Shipping Country": "VN", "Shipping Phone": "", "Cancelled at": "", "Payment Method": "", "Refunded Amount": "0",
        "Id": str(5000 + number), "Tags": "", "Source": "web", "Lineitem discount": "0",
    }  # fmt: skip


@dataclass
class Load:
    """What became of the files, what the gate said of them, and the measures."""

    landed: list[Outcome] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    months: dict[tuple[str, str], Any] = field(default_factory=dict)
    """By measure and first day: the company's value of a month."""

    def gate(self, *batch: Any) -> list[Check]:
        """The real checks, kept."""
        said = check_batch(*batch)
        self.checks += said
        return said


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, dbt: Callable[..., Any]) -> Load:
    """Each source's files of three years, a file a year."""
    here: dict[str, Any] = {
        "name": "Shop", "market": "VN", "time_zone": "Asia/Ho_Chi_Minh", "currency": "VND",
    }  # fmt: skip
    home = init_home(
        tmp_path_factory.mktemp("initial") / "home",
        Settings(business=Business(name="Old", zone="Asia/Ho_Chi_Minh", reporting_currency="VND")),
        [
            Account(source="shopify", account="main", history_start=dt.date(2023, 1, 1), **here),
            Account(source="google_ads", account="main", **here),
        ],
    )
    for year in YEARS:
        sold = [sale(number, who, day) for number, (who, day) in enumerate(orders()) if day.year == year]
        out = io.StringIO()
        writer = csv.DictWriter(out, list(sold[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(sold)
        put(home.inbox / "shopify" / "main" / str(year) / "orders_export.csv", out.getvalue())
        first = dt.date(year, 1, 1)
        days = [first + dt.timedelta(days=n) for n in range((dt.date(year + 1, 1, 1) - first).days)]
        report = "Day,Campaign,Campaign type,Currency code,Impr.,Clicks,Cost\n"
        report += "".join(f"{day},Tết,Search,VND,100,10,1000\n" for day in days)
        put(home.inbox / "google_ads" / "main" / f"Campaign report {year}.csv", report)
    load = Load()
    load.landed = [
        land(home, export, gate=load.gate, as_of=AS_OF, threads=1)
        for source in ("google_ads", "shopify")
        for export in find_exports(home, source)
    ]
    assert not freeze(home, "initial", AS_OF, load_settings(home), load_accounts(home)).waiting
    tests = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    dbt(home.warehouse, ["build", *tests, "--select", "+race_measure"])
    with duckdb.connect(str(home.warehouse)) as warehouse:
        values = warehouse.execute(
            "select measure, period_start::varchar, value from race_measure "
            "where period = 'month' and channel = 'all' and market = 'all'"
        ).fetchall()
    load.months = {(measure, start): value for measure, start, value in values}
    return load


def test_three_years_of_files_land_in_one_night_without_an_alarm(loaded: Load) -> None:
    assert [(one.source, one.status, one.rows_refused) for one in loaded.landed] == [
        *[("google_ads", "landed", 0)] * 3, *[("shopify", "landed", 0)] * 3,
    ]  # fmt: skip
    # 365 + 366 + 365 days; 36 orders of a month, and two each of Ann and Ben
    for source, rows in (("google_ads", 1_096), ("shopify", 40)):
        assert sum(one.rows_landed for one in loaded.landed if one.source == source) == rows
    # the gate looked at every batch and had nothing to say
    assert len({check.batch_id for check in loaded.checks}) == 6
    assert [check for check in loaded.checks if not check.passed] == []
    # days at 1,000; 36 months
    spent = [value for (measure, _), value in loaded.months.items() if measure == "ad_spend" and value]
    assert (len(spent), sum(spent)) == (36, 1_096_000)


def test_nobody_is_new_or_retained_while_the_history_is_young(loaded: Load) -> None:
    """The history begins on 1 January 2023 and is long enough from 30 June on: July is the first month that knows."""
    for measure in (
        "new_customers", "returning_customers", "active_customers_at_start", "retained_customers",
        "active_customers_at_end", "existing_customer_orders",
    ):  # fmt: skip
        assert loaded.months[measure, "2023-06-01"] is None, measure
        assert loaded.months[measure, "2023-07-01"] is not None, measure
    # July 2023: the customer of the 10th; Ben, of March, is known by then
    assert loaded.months["new_customers", "2023-07-01"] == 1
    assert loaded.months["returning_customers", "2023-07-01"] == 1
    # what needs no past is known all along
    assert loaded.months["orders", "2023-01-01"] == 1
    assert loaded.months["customers_to_date", "2023-03-01"] == 5


def test_cohorts_of_the_first_year_are_known_in_the_third(loaded: Load) -> None:
    # August 2025: a customer of the 10th, and Ann, who came first in February 2023
    assert loaded.months["new_customers", "2025-08-01"] == 1
    assert loaded.months["returning_customers", "2025-08-01"] == 1
    assert loaded.months["existing_customer_orders", "2025-08-01"] == 1
    # August 2023. Orders in the 90 days to 31 July (from 3 May): May, June, July, Ben. Of them in the 90 days to
    # 31 August (from 3 June): June, July, Ben.
    assert loaded.months["active_customers_at_start", "2023-08-01"] == 4
    assert loaded.months["retained_customers", "2023-08-01"] == 3
    # 36 customers and Ann and Ben, who have two orders each
    assert loaded.months["customers_to_date", "2025-12-01"] == 38
    assert loaded.months["customers_with_two_orders", "2025-12-01"] == 2
