"""Three years of exports land in one night, and what is young stays unknown instead of new."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
from pathlib import Path
from typing import Any

import pytest

from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.config.settings import Business, Settings
from tests.e2e.conftest import rows
from tests.support.command_line import raceway

pytestmark = pytest.mark.xdist_group("initial_load")

YEARS = (2023, 2024, 2025)
AS_OF = "2026-01-01"
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


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home after its one night: each source's files of three years, a file a year."""
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
    ran = raceway(home.root, "run", "--as-of", AS_OF, "--strict", "--json")
    assert ran.code == 0, ran.out + ran.err
    return home.root


def month(home: Path, measure: str, start: str) -> Any:
    [(value,)] = rows(
        home,
        f"select value from race_measure where measure = '{measure}' and period = 'month' "
        f"and period_start = date '{start}' and channel = 'all' and market = 'all'",
    )
    return value


def test_three_years_of_files_land_in_one_night_without_an_alarm_about_volume(night: Path) -> None:
    assert rows(night, "select distinct status from batch_history") == [("accepted",)]
    assert rows(night, "select source, count(*), sum(rows_landed) from batch_history group by all order by all") == [
        ("google_ads", 3, 1_096),
        ("shopify", 3, 40),
    ]
    assert rows(night, "select name, message from check_history where not passed and name like '%volume%'") == []
    # 365 + 366 + 365 days at 1,000; 36 months
    assert rows(
        night,
        "select count(*), sum(value) from race_measure where measure = 'ad_spend' and period = 'month' "
        "and channel = 'all' and market = 'all' and value > 0",
    ) == [(36, 1_096_000)]


def test_nobody_is_new_or_retained_while_the_history_is_young(night: Path) -> None:
    """The history begins on 1 January 2023 and is long enough from 30 June on: July is the first month that knows."""
    for measure in (
        "new_customers", "returning_customers", "active_customers_at_start", "retained_customers",
        "active_customers_at_end", "existing_customer_orders",
    ):  # fmt: skip
        assert month(night, measure, "2023-06-01") is None, measure
        assert month(night, measure, "2023-07-01") is not None, measure
    # July 2023: the customer of the 10th; Ben, of March, is known by then
    assert month(night, "new_customers", "2023-07-01") == 1
    assert month(night, "returning_customers", "2023-07-01") == 1
    # what needs no past is known all along
    assert month(night, "orders", "2023-01-01") == 1
    assert month(night, "customers_to_date", "2023-03-01") == 5


def test_cohorts_of_the_first_year_are_known_in_the_third(night: Path) -> None:
    # August 2025: a customer of the 10th, and Ann, who came first in February 2023
    assert month(night, "new_customers", "2025-08-01") == 1
    assert month(night, "returning_customers", "2025-08-01") == 1
    assert month(night, "existing_customer_orders", "2025-08-01") == 1
    # August 2023. Orders in the 90 days to 31 July (from 3 May): May, June, July, Ben. Of them in the 90 days to
    # 31 August (from 3 June): June, July, Ben.
    assert month(night, "active_customers_at_start", "2023-08-01") == 4
    assert month(night, "retained_customers", "2023-08-01") == 3
    # 36 customers and Ann and Ben, who have two orders each
    assert month(night, "customers_to_date", "2025-12-01") == 38
    assert month(night, "customers_with_two_orders", "2025-12-01") == 2
