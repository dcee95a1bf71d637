"""TikTok's reports: masked counts, two languages, total rows."""

from __future__ import annotations

import datetime as dt

import pytest

from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.gate.batch_gate import check_batch
from raceway.sample.traces.workbook import workbook
from tests.support.desk import Desk

ENGLISH = "By Day,Campaign name,Ad group name,Ad name,Cost,Impressions,Clicks (destination),Complete payment,Total complete payment value"
VIETNAMESE = "Theo ngày,Tên chiến dịch,Tên nhóm quảng cáo,Tên quảng cáo,Chi phí,Lượt hiển thị,Lượt nhấp （đích đến）,Hoàn tất thanh toán"
COLUMNS = "cast(day as varchar), ad, impressions, clicks, clicks_qualifier, cast(cost as varchar), purchases, cast(purchase_value as varchar)"


@pytest.fixture
def tiktok(tmp_path: object) -> Desk:
    accounts = [
        Account(source=source, account="us", name="us", market="US", time_zone="America/New_York", currency="USD")
        for source in ("tiktok_ads", "google_ads")
    ]
    return Desk(init_home(tmp_path / "home", accounts=accounts))  # type: ignore[operator]  # pytest gives a path


def test_tiktok_masks_small_counts_and_they_land_as_a_bound(tiktok: Desk) -> None:
    text = f"{ENGLISH}\n2026-03-01,TT,18-24,V3,152.31,48210,611,4,236.00\n2026-03-01,TT,All,V1,20.10,2890,<5,-,-\n"
    outcome = tiktok.land_one("tiktok_ads/us/r.csv", text + "Total of 2 results,,,,172.41,51100,611,4,236.00\n")
    assert (outcome.status, outcome.rows_landed, outcome.rows_refused, outcome.rows_furniture) == ("landed", 2, 0, 1)
    assert tiktok.rows(outcome, COLUMNS) == [
        ("2026-03-01", "V3", 48210, 611, None, "152.310000", 4.0, "236.000000"),
        ("2026-03-01", "V1", 2890, 5, "<", "20.100000", None, None),
    ]
    assert tiktok.batch(outcome.batches[0]).manifest["covers_from"] == "2026-03-01"


def test_full_width_brackets_and_vietnamese_headers_are_the_same_report(tiktok: Desk) -> None:
    text = f"\ufeff{VIETNAMESE}\n2026-03-01,TT,18-24,V3,152.31,48210,611,4\nTổng của 1 kết quả,,,,152.31,48210,611,4\n"
    outcome = tiktok.land_one("tiktok_ads/us/r.csv", text)
    assert tiktok.rows(outcome, "impressions, clicks, purchases") == [(48210, 611, 4.0)]
    assert outcome.rows_furniture == 1


def test_a_workbook_with_typed_cells_lands_as_the_csv_does(tiktok: Desk) -> None:
    names = ENGLISH.split(",")
    rows = [
        names,
        [dt.date(2026, 3, 1), "TT", "18-24", "V3", 152.31, 48210, 611, 4, 236.0],
        ["2026-03-01", "TT", "All", "V1", 20.1, 2890, "<5", "-", "-"],
        ["Total of 2 results", "", "", "", 172.41, 51100, 611, 4, 236],
    ]
    outcome = tiktok.land_one("tiktok_ads/us/r.xlsx", workbook(rows))
    assert [row[:6] for row in tiktok.rows(outcome, COLUMNS)] == [
        ("2026-03-01", "V3", 48210, 611, None, "152.310000"),
        ("2026-03-01", "V1", 2890, 5, "<", "20.100000"),
    ]
    assert outcome.rows_furniture == 1


def test_older_names_of_the_columns_are_known(tiktok: Desk) -> None:
    text = "Date,Campaign name,Spend,Impressions,Clicks,Purchases (website)\n2026-03-01,TT,1.50,10,2,1\n"
    outcome = tiktok.land_one("tiktok_ads/us/r.csv", text, gate=check_batch)
    assert tiktok.rows(outcome, "cast(cost as varchar), clicks, purchases") == [("1.500000", 2, 1.0)]


def test_a_total_that_the_rows_do_not_meet_is_a_finding(tiktok: Desk) -> None:
    text = f"{ENGLISH}\n2026-03-01,TT,18-24,V3,152.31,48210,611,4,236.00\n"
    outcome = tiktok.land_one("tiktok_ads/us/r.csv", text + "Total of 2 results,,,,172.41,51100,611,4,236.00\n")
    findings = str(tiktok.batch(outcome.batches[0]).manifest["findings"])
    assert "Total of 2 results" in findings


def test_a_tiktok_report_in_another_currency_is_refused(tiktok: Desk) -> None:
    text = "By Day,Campaign name,Currency,Cost,Impressions\n2026-03-01,TT,VND,1500,10\n"
    outcome = tiktok.land_one("tiktok_ads/us/r.csv", text)
    assert outcome.status == "refused"
    assert "VND" in outcome.reason


def test_an_id_that_a_spreadsheet_spoilt_refuses_the_report(tiktok: Desk) -> None:
    text = "By Day,Ad ID,Cost,Impressions\n2026-03-01,1.79253E+18,1.5,10\n"
    assert "went through a spreadsheet" in tiktok.land_one("tiktok_ads/us/r.csv", text).reason


def test_a_report_without_days_is_refused_with_the_missing_column(tiktok: Desk) -> None:
    text = "Campaign name,Ad group name,Ad name,Cost,Impressions\nTT,18-24,V3,1.5,10\n"
    assert "column “By Day” is missing" in tiktok.land_one("tiktok_ads/us/r.csv", text).reason
