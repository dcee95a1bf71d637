"""Totals are no rows and rows no totals; a header, a sheet or a merged cell never makes a number count twice or not."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal

import pytest

from tests.support.desk import Desk
from tests.support.workbooks import workbook

TIKTOK = [
    "By Day",
    "Campaign name",
    "Ad group name",
    "Ad name",
    "Currency",
    "Cost",
    "Impressions",
    "Clicks (destination)",
]
TIKTOK += ["Complete payment"]


@pytest.fixture
def tiktok(desk: Desk) -> Desk:
    with desk.home.accounts.open("a", encoding="utf-8") as file:
        columns = len(desk.home.accounts.read_text(encoding="utf-8").splitlines()[0].split(","))
        file.write(f"tiktok_ads,vn,TikTok,,VN,Asia/Ho_Chi_Minh,VND{',' * (columns - 7)}\n")
    return desk


def line(day: dt.date | None, campaign: str, cost: int) -> list[object]:
    return [day, campaign, "G", "A", "VND", cost, 1000, 10, 0]


def test_a_campaign_whose_name_begins_as_a_total_does_is_a_row(desk: Desk) -> None:
    outcome = desk.land_one(
        "google_ads/vn/a.csv",
        "Day,Campaign status,Campaign,Currency code,Campaign type,Clicks,Impr.,Cost\n"
        '2026-03-03,Enabled,"Total: Sportswear",VND,Search,40,800,500000\n'
        "2026-03-03,Enabled,Brand,VND,Search,30,700,100000\n"
        ",Total: Campaigns, --,VND,,70,1500,600000\n",
    )
    assert (outcome.rows_landed, outcome.rows_furniture) == (2, 1)
    assert desk.rows(outcome, "campaign, cost") == [("Total: Sportswear", 500000), ("Brand", 100000)]


def test_so_is_one_in_a_report_without_days(desk: Desk) -> None:
    outcome = desk.land_one(
        "google_ads/vn/a.csv",
        "Campaign report\n1 March 2026 - 5 March 2026\n"
        "Campaign status,Campaign,Currency code,Campaign type,Clicks,Impr.,Cost\n"
        'Enabled,"Total: Sportswear",VND,Search,40,800,500000\n'
        "Enabled,Brand,VND,Search,30,700,100000\n"
        "Total: Campaigns, --,VND, --,70,1500,600000\n",
    )
    assert desk.rows(outcome, "campaign, cost") == [("Total: Sportswear", 500000), ("Brand", 100000)]


def test_so_is_one_of_tiktok(tiktok: Desk) -> None:
    outcome = tiktok.land_one(
        "tiktok_ads/vn/r.csv",
        ",".join(TIKTOK)
        + "\n2026-03-03,Total of 5 colours,G,A,VND,50000,1000,10,0\n2026-03-03,X,G,A,VND,10000,1000,10,0\n"
        "Total of 2 results,-,-,-,VND,60000,2000,20,0\n",
    )
    assert tiktok.rows(outcome, "campaign, cost") == [("Total of 5 colours", 50000), ("X", 10000)]
    assert outcome.rows_furniture == 1


def test_a_broken_row_with_a_day_is_refused_and_no_furniture(desk: Desk) -> None:
    outcome = desk.land_one(
        "google_ads/vn/a.csv",
        "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,1,1,5\n2026-03-01,B,1,1,5\n2026-03-01,Total: C,1\n2026-03-01,D,1,1,5\n",
    )
    assert (outcome.rows_landed, outcome.rows_refused, outcome.rows_furniture) == (3, 1, 0)


def test_a_header_that_stands_twice_over_different_values_refuses_the_file(desk: Desk) -> None:
    head = "Day,Campaign name,Impressions,Impressions,Amount spent (USD),Link clicks\n"
    outcome = desk.land_one("meta_ads/us/a.csv", head + "2026-03-04,C,5,5,6,1\n2026-03-04,D,0,2100,6,1\n")
    assert outcome.status == "refused"
    assert "a.csv, row 2: the header “Impressions” stands twice, over “0” and “2100”" in outcome.reason
    same = desk.land_one("meta_ads/us/b.csv", head + "2026-03-04,C,5,5,6,1\n2026-03-04,D,7,7,6,1\n")
    assert desk.rows(same, "campaign, impressions") == [("C", 5), ("D", 7)]


def test_a_day_that_is_merged_over_rows_is_the_day_of_each(tiktok: Desk) -> None:
    rows: list[list[object]] = [list(TIKTOK), line(dt.date(2026, 3, 3), "X", 1), line(None, "Y", 2), line(None, "Z", 3)]
    outcome = tiktok.land_one("tiktok_ads/vn/r.xlsx", workbook({"Report": rows}, merged="A2:A4"))
    assert tiktok.rows(outcome, "day, campaign, cost") == [
        (dt.date(2026, 3, 3), name, Decimal(cost)) for name, cost in (("X", 1), ("Y", 2), ("Z", 3))
    ]


def test_two_sheets_of_two_months_are_one_export(tiktok: Desk) -> None:
    sheets = {
        "Feb": [list(TIKTOK), line(dt.date(2026, 2, 27), "X", 10000)],
        "Mar": [list(TIKTOK), line(dt.date(2026, 3, 2), "X", 20000)],
    }
    outcome = tiktok.land_one("tiktok_ads/vn/r.xlsx", workbook(sheets))
    assert tiktok.rows(outcome, "cost") == [(10000,), (20000,)]


def test_a_sheet_that_repeats_rows_of_another_refuses_the_workbook(tiktok: Desk) -> None:
    day = dt.date(2026, 3, 2)
    sheets = {"All": [list(TIKTOK), line(day, "X", 2), line(day, "Y", 5)], "Only Y": [list(TIKTOK), line(day, "Y", 5)]}
    outcome = tiktok.land_one("tiktok_ads/vn/r.xlsx", workbook(sheets))
    assert outcome.status == "refused"
    assert "r.xlsx/Only Y, row 1: 1 rows stand in r.xlsx/All too and would count twice" in outcome.reason


def test_a_copy_of_a_report_in_its_own_archive_refuses_the_archive(desk: Desk) -> None:
    rows = "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,1,1,5\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("report.csv", rows)
        archive.writestr("report (1).csv", rows)
    outcome = desk.land_one("google_ads/vn/r.zip", packed.getvalue())
    assert outcome.status == "refused"
    assert "rows stand in r.zip/report" in outcome.reason


def zipped(members: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return out.getvalue()


DAYS = "Day,Campaign,Currency code,Clicks,Impr.,Cost\n"
SHOPIFY = (
    "Name,Id,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
)


def shopify(name: str, item: str, status: str = "paid", number: int = 1) -> str:
    return f"#{name},{name}00,,{status},VND,100,100,2026-03-0{number} 10:00:00 +0700,1,{item},100\n"


@pytest.mark.parametrize(
    ("place", "members", "said"),
    [
        # a later download of the same day: no row is equal, every one is told again
        (
            "google_ads/vn/r.zip",
            {"report.csv": DAYS + "2026-03-02,X,VND,1,10,100\n2026-03-02,Y,VND,2,20,200\n",
             "report (1).csv": DAYS + "2026-03-02,X,VND,2,11,110\n2026-03-02,Y,VND,3,21,210\n"},
            r"r.zip/report.csv, row 1: 2 rows tell again what r.zip/report \(1\).csv tells, with other values",
        ),
        # days that overlap in one day alone
        (
            "google_ads/vn/r.zip",
            {"a.csv": DAYS + "2026-03-01,X,VND,1,10,100\n2026-03-02,X,VND,2,20,200\n",
             "b.csv": DAYS + "2026-03-02,X,VND,2,21,210\n2026-03-03,X,VND,3,30,300\n"},
            r"r.zip/b.csv, row 1: 1 rows tell again what r.zip/a.csv tells",
        ),
        # an order that was paid and is refunded in the later download: a shared key
        (
            "shopify/shop/r.zip",
            {"orders.csv": SHOPIFY + shopify("1", "Shirt"), "orders (1).csv": SHOPIFY + shopify("1", "Shirt", "refunded")},
            r"tell again what",
        ),
    ],
    ids=["a day told again", "days that overlap", "an order told again"],
)  # fmt: skip
def test_parts_of_an_archive_that_tell_the_same_again_refuse_it(
    desk: Desk, place: str, members: Mapping[str, str], said: str
) -> None:
    outcome = desk.land_one(place, zipped(members))
    assert outcome.status == "refused"
    assert re.search(said, outcome.reason), outcome.reason


@pytest.mark.parametrize(
    ("place", "members", "landed"),
    [
        # the same days of other campaigns
        ("google_ads/vn/r.zip", {"a.csv": DAYS + "2026-03-02,X,VND,1,10,100\n",
                                 "b.csv": DAYS + "2026-03-02,Y,VND,1,10,100\n"}, 2),
        # days one after the other
        ("google_ads/vn/r.zip", {"a.csv": DAYS + "2026-03-02,X,VND,1,10,100\n",
                                 "b.csv": DAYS + "2026-03-03,X,VND,1,10,100\n"}, 2),
        # parts of one export: an order goes on in the next one
        ("shopify/shop/r.zip", {"orders_export_1.csv": SHOPIFY + shopify("1", "Shirt"),
                                "orders_export_2.csv": SHOPIFY + shopify("1", "Cap") + shopify("2", "Cap")}, 3),
        # two orders apart
        ("shopify/shop/r.zip", {"a.csv": SHOPIFY + shopify("1", "Shirt"), "b.csv": SHOPIFY + shopify("2", "Shirt")}, 2),
        # one table of two periods
        ("google_ads/vn/r.zip", {
            "a.csv": "Campaign report\n1 January 2026 - 31 January 2026\nCampaign,Currency code,Clicks,Impr.,Cost\n"
            "X,VND,1,10,100\n",
            "b.csv": "Campaign report\n1 February 2026 - 28 February 2026\nCampaign,Currency code,Clicks,Impr.,Cost\n"
            "X,VND,2,20,200\n"}, 2),
    ],
    ids=["other campaigns", "other days", "parts", "other orders", "other periods"],
)  # fmt: skip
def test_parts_of_an_archive_that_tell_other_things_land_together(
    desk: Desk, place: str, members: Mapping[str, str], landed: int
) -> None:
    outcome = desk.land_one(place, zipped(members))
    assert (outcome.status, outcome.rows_landed) == ("landed", landed), outcome.reason


def test_equal_rows_of_one_sheet_are_rows(desk: Desk) -> None:
    """Three ads of one name, two of them with equal numbers."""
    content = "Day,Campaign name,Ad set name,Ad name,Impressions,Amount spent (USD),Link clicks\n"
    outcome = desk.land_one("meta_ads/us/a.csv", content + "2026-03-04,C,S,A,1000,10,5\n" * 2)
    assert desk.rows(outcome, "impressions") == [(1000,), (1000,)]


SHARED = {  # one name, number or id of two things that were made on two days: two shops in one folder
    "haravan/shop/o.csv": (
        "Mã đơn hàng,Ngày tạo đơn,Trạng thái,Tên sản phẩm,Số lượng,Đơn giá\n",
        "1001,{}/03/2026 10:21,Hoàn thành,Áo,1,150000\n",
    ),
    "kiotviet/hanoi/DanhSachChiTietHoaDon_5.csv": (
        "Chi nhánh,Mã hóa đơn,Thời gian,Mã khách hàng,Trạng thái,Mã hàng,Tên hàng,Số lượng,Đơn giá,Thành tiền\n",
        "Q1,HD1,{}/03/2026 09:00,KH1,Hoàn thành,A1,Cốc,1,50000,50000\n",
    ),
    "woocommerce/shop/order_export.csv": (
        "order_id,order_number,order_date,status,order_total,cart_discount,order_currency,billing_email,billing_phone,"
        "Product Item 1 Name,Product Item 1 Quantity,Product Item 1 Subtotal\n",
        "9{0},1,2026-03-{0} 10:00:00,completed,10,0,USD,,,Tee,1,10\n",
    ),
    "zendesk/help/report.csv": (
        "Id,Requester email,Tags,Status,Via,Created at,Updated at,Solved at,Satisfaction Score\n",
        "1,a{0}@example.com,,Open,Mail,2026-03-{0} 01:30,2026-03-08 03:30,,\n",
    ),
    "zendesk/help/tickets.jsonl": (
        "",
        '{{"id": 1, "created_at": "2026-03-{0}T01:00:00Z", "updated_at": "2026-03-08T02:00:00Z", "status": "open", '
        '"requester_id": 5}}\n',
    ),
    "affiliate/us/t.csv": (
        "transaction_id,publisher_id,publisher,transaction_date,sale_amount,commission,status\n",
        "A1,77,b,2026-03-{} 09:00:00,10.00,1.00,approved\n",
    ),
}


@pytest.mark.parametrize("place", SHARED)
def test_a_name_that_stands_for_two_refuses_the_file_in_every_source(desk: Desk, place: str) -> None:
    head, row = SHARED[place]
    outcome = desk.land_one(place, head + row.format("01") + row.format("05"))
    assert outcome.status == "refused"
    assert "it has two moments, 2026-0" in outcome.reason, outcome.reason
    assert desk.land_one(place, head + row.format("01"), "2026-03-09 04:00").status == "landed"
