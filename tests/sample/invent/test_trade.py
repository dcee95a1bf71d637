"""The till in Hà Nội, marketplaces and shop systems: their files' traps, and the truth of a few sales by hand."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from typing import Any

from python_calamine import load_workbook

from raceway.sample.truth.truth import measures
from raceway.sample.world.trade import Item, Return, Sale
from tests.sample.conftest import Written
from tests.sample.hand_made import at, world

MARCH = dt.date(2026, 3, 1)
SHOES = Item("A", "Giày", 108_000, 1)


def sheet(written: Written, pattern: str) -> list[list[Any]]:
    book = load_workbook(str(written.file(pattern)))
    return book.get_sheet_by_index(0).to_python()


def value(found: Any, measure: str, day: dt.date | None = None, channel: str = "all") -> Any:
    period, start = ("month", MARCH) if day is None else ("day", day)
    return found.get((measure, period, start, channel, "all"), 0)


def test_an_invoice_s_totals_are_repeated_and_a_chunk_cuts_an_invoice(small: Written) -> None:
    chunks = [sheet(small, f"kiotviet/vn-hanoi/*417_{part}.xlsx") for part in (1, 2)]
    assert chunks[0][-1][0] == chunks[1][1][0]
    head = chunks[0][0]
    totals = defaultdict(set)
    for row in chunks[0][1:]:
        totals[row[0]].add(row[head.index("Tổng tiền hàng")])
    assert all(len(amounts) == 1 for amounts in totals.values())
    assert len(chunks[0]) - 1 > len(totals)


def test_dates_come_as_text_as_dates_and_as_day_numbers(small: Written) -> None:
    text = sheet(small, "kiotviet/vn-hanoi/*417_1.xlsx")[1][2]
    dates = sheet(small, "kiotviet/vn-hanoi/*/DanhSachChiTietHoaDon (1).xlsx")[1][2]
    number = sheet(small, "kiotviet/vn-hanoi/*/DanhSachChiTietHoaDon.xlsx")[1][2]
    assert [type(cell) for cell in (text, dates, number)] == [str, dt.datetime, float]


def test_a_marketplace_masks_its_buyers_and_tiktok_describes_its_columns(small: Written) -> None:
    lines = small.file("tiktok_shop/vn-mall/*.csv").read_text(encoding="utf-8-sig").splitlines()
    rows = list(csv.reader(lines))
    assert rows[1][0] == "Platform unique order ID."
    assert rows[2][0].endswith("\t")
    assert {row[rows[0].index("Phone #")] for row in rows[2:]} == {"(+84)9*****78"}


def test_a_shopee_order_in_the_till_counts_once() -> None:
    place = world()
    place.trade.exports = [place.night]
    order = Sale("shopee", at("03-02 10:00"), [SHOES], name="S1")
    place.trade.sales = [order, Sale("kiotviet", order.at, order.items, sold_on="Shopee", is_copy=True, name="HD9")]
    found = measures(place)
    assert (value(found, "orders"), value(found, "gross_sales", channel="marketplace")) == (1, 100_000)
    assert value(found, "identified_orders") == 0


def test_a_cancellation_is_dated_by_the_export_that_shows_it() -> None:
    place = world()
    place.trade.exports = [at("03-05 06:00"), at("05-20 06:00")]
    early = Sale("shopee", at("03-02 10:00"), [SHOES], cancelled_at=at("03-04 10:00"), name="S1")
    late = Sale("shopee", at("03-02 10:00"), [SHOES], cancelled_at=at("03-06 10:00"), name="S2")
    told = Sale("tiktok_shop", at("03-02 10:00"), [SHOES], cancelled_at=at("03-06 10:00"), name="T1")
    place.trade.sales = [early, late, told]
    found = measures(place)
    # the second is seen 79 days after its order; TikTok writes the moment
    assert (value(found, "orders_placed"), value(found, "orders"), value(found, "orders_cancelled")) == (3, 0, 2)


def test_a_return_at_the_till_counts_at_its_own_day_and_a_telephone_is_a_person() -> None:
    place = world()
    place.trade.exports = [place.night]
    back = Return("TH1", at("03-09 10:00"), SHOES, 54_000)
    first = Sale("kiotviet", at("03-02 10:00"), [SHOES], phone="+84901", customer="K1", place="offline", returns=[back])
    again = Sale("kiotviet", at("03-03 10:00"), [SHOES], customer="K1", place="offline", name="HD2")
    place.trade.sales = [first, again]
    place.trade.loose_returns = [Return("TH2", at("03-10 10:00"), SHOES, 108_000)]
    found = measures(place)
    assert value(found, "refunded_sales", dt.date(2026, 3, 9), "store") == 50_000
    assert value(found, "refunded_sales", dt.date(2026, 3, 10), "store") == 100_000
    assert (value(found, "customers_purchasing"), value(found, "orders_returned")) == (1, 1)
    assert value(found, "net_sales") == 200_000 - 150_000


def test_a_refund_of_what_the_buyer_paid_is_that_share_of_the_items() -> None:
    place = world()
    place.trade.exports = [at("03-05 06:00"), at("03-20 06:00")]
    sale = Sale("shopee", at("03-02 10:00"), [SHOES], buyer_pays_more=-20_000, refunds=[(at("03-10 10:00"), 44_000)])
    place.trade.sales = [sale]
    # half of the 88,000 that the buyer paid is half of the items' 100,000 net
    assert value(measures(place), "refunded_sales", dt.date(2026, 3, 20), "marketplace") == 50_000
