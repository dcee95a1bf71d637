"""Orders of tills, marketplaces and shop systems from landed rows to refunds, worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.support.dbt_story import Story, failures

RETURNED = {"return_code": "TH1", "invoice_code": "HD1", "returned_at": "2026-03-08 02:00:00", "status": "Đã trả"}


def invoice(code: str, product: str, price: int, total: int, **more: Any) -> dict[str, Any]:
    """An item row of a till's invoice; its own cells are repeated on each row."""
    return {
        "invoice_code": code, "sold_at": "2026-03-05 03:21:00", "status": "Hoàn thành", "items_total": 380_000,
        "invoice_discount": 54_000, "sku": product, "product": product, "quantity": 1, "price": price, "line_total": total,
    } | more  # fmt: skip


def ordered(name: str, **more: Any) -> dict[str, Any]:
    """An item row of a marketplace's order: 108,000 less 10,800."""
    return {
        "order_name": name, "ordered_at": "2026-03-01 03:00:00", "status": "Hoàn thành", "product": "Áo", "quantity": 1,
        "price": 108_000, "seller_discount": 10_800,
    } | more  # fmt: skip


def cell(name: str, cell: str, value: str, **more: Any) -> dict[str, Any]:
    return {"order_name": name, "ordered_at": "2026-03-02 19:00:00", "status": "wc-completed", "order_total": 45,
            "order_discount": 5, "item_cell": cell, "item_value": value} | more  # fmt: skip


def listed(name: str, net: int, **more: Any) -> dict[str, Any]:
    """A row of WooCommerce's own list of orders."""
    return {"order_name": name, "ordered_at": "2026-03-02 19:00:00", "status": "completed", "products": "1× Tee",
            "items_sold": 1, "net_sales": net} | more  # fmt: skip


def line(name: str, at: str, price: int, **more: Any) -> dict[str, Any]:
    """The first line of an order of Shopify: one piece, no discount, no shipping."""
    return {"order_name": name, "created_at": at, "subtotal": price, "total": price, "discount_amount": 0,
            "refunded_amount": 0, "lineitem_name": "Áo", "lineitem_quantity": 1, "lineitem_price": price} | more  # fmt: skip


def _two_orders_of_one_name(told: Story) -> None:
    """In one file, and in the files of two shops that lie in one folder."""
    first, second = "2026-03-01 03:00:00", "2026-03-10 03:00:00"
    for account in ("one", "two", "free", "stated"):
        told.account("shopify", account, site="s.vn", prices_include_vat=account == "stated", vat_rate="0.08")
    told.batch("shopify", "orders", "one", [
        line("#1", first, 1000, order_id="11", email_hash="a"), line("#1", second, 3000, order_id="12", email_hash="c"),
        line("#1", second, 500) | dict.fromkeys(("subtotal", "total", "discount_amount", "refunded_amount")),
    ], "2026-03-11 00:00:00")  # fmt: skip
    told.batch("shopify", "orders", "one", [
        line("#1", second, 3000, order_id="12", email_hash="c", refunded_amount=700, subtotal=3500, total=3500),
        line("#1", second, 500) | dict.fromkeys(("subtotal", "total", "discount_amount", "refunded_amount")),
    ], "2026-03-12 00:00:00")  # fmt: skip
    told.batch("shopify", "orders", "two", [line("#1", first, 1000, order_id="21")], "2026-03-11 00:00:00")
    told.batch("shopify", "orders", "two", [line("#1", second, 3000, order_id="22")], "2026-03-12 00:00:00")
    # a code for free shipping; VAT that the order states itself
    told.batch("shopify", "orders", "free", [
        line("#1", first, 100_000, discount_amount=30_000, source_name="iphone"),
        line("#2", first, 100_000, discount_amount=30_000, subtotal=90_000, source_name="POS"),
    ], "2026-03-11 00:00:00")  # fmt: skip
    told.batch("shopify", "orders", "stated", [
        line("#1", first, 66_000, taxes=9_000, shipping=33_000, total=99_000, refunded_amount=49_500),
        line("#2", first, 108_000, taxes=0),
    ], "2026-03-11 00:00:00")  # fmt: skip


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A few orders of each source, built up to orders and refunds."""
    told = Story(tmp_path_factory.mktemp("orders"))
    vat = {"prices_include_vat": True, "vat_rate": "0.08", "brand": "b"}
    told.account("kiotviet", "hanoi", **vat)
    told.account("shopee", "mall", **vat)
    told.account("tiktok_shop", "mall", **vat)
    told.account("woocommerce", "shop", market="US", time_zone="America/New_York", currency="VND")
    told.batch("kiotviet", "invoices", "hanoi", [
        invoice("HD1", "Áo", 300_000, 270_000), invoice("HD1", "Mũ", 110_000, 110_000), invoice("HD2", "Áo", 54_000, 54_000),
    ], "2026-03-06 00:00:00")  # fmt: skip
    told.batch(
        "kiotviet", "invoices", "hanoi", [invoice("HD2", "Áo", 54_000, 54_000, status="Đã hủy")], "2026-03-09 00:00:00"
    )
    told.batch("kiotviet", "returns", "hanoi", [
        RETURNED | {"product": "Áo", "quantity": 1, "price": 270_000, "to_pay_back": 216_000},
        RETURNED | {"product": "Mũ", "quantity": 1, "price": 110_000, "to_pay_back": 216_000},
        RETURNED | {"return_code": "TH2", "quantity": 1, "price": 1, "status": "Đã hủy"},
        RETURNED | {"return_code": "TH3", "invoice_code": None, "quantity": 2, "price": 54_000},
    ], "2026-03-09 00:00:00")  # fmt: skip
    told.batch("shopee", "orders", "mall", [
        ordered("A", order_total=77_200), ordered("B"), ordered("C", status="Đã hủy"), ordered("D"),
    ], "2026-03-03 00:00:00")  # fmt: skip
    fees = {"commission_fee": 3_000, "service_fee": -1_000, "settled_amount": 93_200, "settled_on": "2026-03-09"}
    told.batch("shopee", "orders", "mall", [
        ordered("A", order_total=77_200, refunded_amount=38_600),
        ordered("B", status="Đang giao", delivery_state="Khách từ chối nhận"), ordered("D", **fees),
    ], "2026-03-10 00:00:00")  # fmt: skip
    told.batch("tiktok_shop", "orders", "mall", [
        ordered("5761\t", status="Cancelled", cancelled_at="2026-03-02 18:00:00"),
    ], "2026-03-10 00:00:00")  # fmt: skip
    told.batch("woocommerce", "order_items", "shop", [
        cell("1042", "1 Name", "Tee"), cell("1042", "1 Quantity", "2"), cell("1042", "1 Subtotal", "1,040.00"),
        cell("1042", "12 Name", "Cap"), cell("1042", "12 Quantity", "1"), cell("1042", "12 Subtotal", "10"),
        cell("1050", "1 Name", "Tee", status="failed"),
        cell("2002", "1 Name", "Tee", refunded_amount=30), cell("2002", "1 Subtotal", "50"),
    ], "2026-03-09 00:00:00")  # fmt: skip
    told.batch("woocommerce", "order_items", "shop", [
        cell("2001", "1 Name", "Tee", refunded_amount=30, email_hash="wanda"), cell("2001", "1 SKU", "T1"),
        cell("2001", "1 Subtotal", "50"), cell("2003", "1 Name", "Tee", refunded_amount=30), cell("2003", "1 Subtotal", "50"),
    ], "2026-03-06 00:00:00")  # fmt: skip
    told.batch("woocommerce", "orders", "shop", [
        listed("2001", 45), listed("2001", -30, ordered_at="2026-03-05 19:00:00", status="refunded"),
        listed("2003", 45, status="cancelled"),
        listed("3001", 45), listed("3001", 20, ordered_at="2026-03-07 19:00:00", products="1× Cap"),
    ], "2026-03-10 00:00:00")  # fmt: skip
    told.batch("woocommerce", "orders", "shop", [
        listed("2002", 45), listed("2002", -20, ordered_at="2026-03-05 19:00:00", status="refunded"),
    ], "2026-03-06 00:00:00")  # fmt: skip
    told.batch("woocommerce", "orders", "shop", [
        {"order_name": "1042", "ordered_at": "2026-03-02 19:00:00", "status": "completed", "products": "x", "items_sold": 3,
         "net_sales": 45},
        {"order_name": "1043", "ordered_at": "2026-03-02 19:00:00", "status": "completed", "products": "1× Tee",
         "items_sold": 1, "net_sales": 20},
        {"order_name": "1043", "ordered_at": "2026-03-04 03:00:00", "status": "refunded", "products": "1× Tee",
         "items_sold": -1, "net_sales": -20},
    ], "2026-03-09 00:00:00")  # fmt: skip
    _two_orders_of_one_name(told)
    told.freeze()
    results = told.build("+fct_convert_settlement")
    assert not failures(results), failures(results)
    return told


def day(number: int) -> dt.date:
    return dt.date(2026, 3, number)


def test_an_invoice_s_discount_is_taken_once(story: Story) -> None:
    # (300,000 + 110,000) ÷ 1.08 by row; (30,000 of a row + 54,000 of the invoice) ÷ 1.08
    assert story.query(
        "select gross_sales, discounts, sales_place, channel, order_date from int_orders where order_name = 'HD1'"
    ) == [(Decimal(277_778 + 101_852), Decimal(77_778), "offline", "store", day(5))]


def test_a_cancellation_is_dated_by_the_export_that_first_shows_it_or_by_its_own_moment(story: Story) -> None:
    rows = story.query("select order_name, cancelled_on from int_orders where is_cancelled order by order_name")
    # 19:00 of 9 March in New York; 01:00 of the next day; in the first export already: the order's day; 07:00 of
    # 9 March in Hà Nội
    assert rows == [("2003", day(9)), ("5761", day(3)), ("C", day(1)), ("HD2", day(9))]


def test_a_parcel_that_nobody_took_is_dated_by_the_export_that_shows_it(story: Story) -> None:
    rows = story.query("select order_name, undelivered_on, is_counted from int_orders where is_undelivered")
    assert rows == [("B", day(10), False)]


def test_refunds_come_from_returns_running_totals_and_rows_below_zero(story: Story) -> None:
    rows = story.query(
        "select refund_id, order_id, refund_date, refunded_sales from int_refunds"
        " where source <> 'shopify' and (order_id is null or order_id not like 'woocommerce:shop:2%') order by refund_id"
    )
    assert rows == [
        # 216,000 ÷ 1.08, once for the whole return; 2 × 54,000 ÷ 1.08 of a sale in no file
        ("kiotviet:hanoi:HD1:refund:1", "kiotviet:hanoi:HD1", day(8), Decimal(200_000)),
        ("kiotviet:hanoi:TH3:refund:1", None, day(8), Decimal(100_000)),
        # half of the 77,200 that the buyer paid is half of the items' 97,200: ÷ 1.08
        ("shopee:mall:A:1", "shopee:mall:A", day(10), Decimal(45_000)),
        ("woocommerce:shop:1043:refund:1", "woocommerce:shop:1043", day(3), Decimal(20)),
    ]


def test_items_side_by_side_are_lines_and_an_unpaid_order_is_none(story: Story) -> None:
    rows = story.query(
        "select order_name, gross_sales, discounts from int_orders"
        " where source = 'woocommerce' and order_name < '2' order by order_name"
    )
    assert rows == [("1042", Decimal(1_050), Decimal(5)), ("1043", Decimal(20), Decimal(0))]
    lines = story.query(
        "select product, quantity, gross_sales from int_order_lines where order_id like '%1042' order by product"
    )
    assert lines == [("Cap", Decimal(1), Decimal(10)), ("Tee", Decimal(2), Decimal(1_040))]


def test_a_refund_that_both_exports_tell_counts_once_as_the_newer_one_has_it(story: Story) -> None:
    rows = story.query(
        "select order_name, refund_date, refunds.refunded_sales from int_refunds as refunds"
        " inner join int_orders using (order_id) where order_name like '2%' order by order_name"
    )
    assert rows == [
        # the newer list: 30 at its own day; the newer items: a running total of 30 of the 45 paid, by the order's day;
        # a list without a row below zero does not say that nothing was refunded
        ("2001", day(5), Decimal(30)),
        ("2002", day(2), Decimal(30)),
        ("2003", day(2), Decimal(30)),
    ]


def test_a_newer_list_of_orders_takes_neither_buyer_nor_items_from_an_order(story: Story) -> None:
    orders = story.query(
        "select order_name, person_id is not null, gross_sales, discounts, is_cancelled from int_orders"
        " where order_name like '2%' and source = 'woocommerce' order by order_name"
    )
    # what became of the order is in the newer export
    assert orders == [
        ("2001", True, Decimal(50), Decimal(5), False),
        ("2002", False, Decimal(50), Decimal(5), False),
        ("2003", False, Decimal(50), Decimal(5), True),
    ]
    lines = story.query("select sku, product from int_order_lines where order_id = 'woocommerce:shop:2001'")
    assert lines == [("T1", "Tee")]


def test_a_marketplace_s_order_is_a_guest_s_and_the_marketplace_s(story: Story) -> None:
    rows = story.query("select distinct channel, sales_place, person_id from int_orders where source = 'shopee'")
    assert rows == [("marketplace", "online", None)]


def test_a_payout_is_held_against_what_the_order_comes_to(story: Story) -> None:
    # 108,000 - 10,800 - 4,000 = 93,200, with VAT, as paid
    assert story.query("select gross, discounts, fees, settled_amount, difference from fct_convert_settlement") == [
        tuple(Decimal(amount) for amount in (108_000, 10_800, 4_000, 93_200, 0))
    ]


def test_two_orders_that_share_a_name_are_never_blended(story: Story) -> None:
    orders = story.query(
        "select account, order_name, shop_order_id, order_date, gross_sales, refunded_sales, order_number from int_orders"
        " where account in ('one', 'two') order by account, order_date"
    )
    assert orders == [
        ("one", "#1", "11", day(1), Decimal(1_000), Decimal(0), 1),
        ("one", "#1 · 12", "12", day(10), Decimal(3_500), Decimal(700), 1),
        ("two", "#1", "21", day(1), Decimal(1_000), Decimal(0), None),
        ("two", "#1 · 22", "22", day(10), Decimal(3_000), Decimal(0), None),
    ]


def test_two_sales_of_one_number_in_a_list_of_orders_are_two_orders(story: Story) -> None:
    orders = story.query(
        "select order_name, order_date, gross_sales from int_orders where order_name like '3001%' order by order_date"
    )
    assert orders == [("3001", day(2), Decimal(45)), ("3001 · 2026-03-07 19:00:00", day(7), Decimal(20))]


def test_a_discount_on_shipping_does_not_lower_the_goods(story: Story) -> None:
    rows = story.query(
        "select order_name, gross_sales, discounts, net_sales, sales_place from int_orders"
        " where account = 'free' order by order_name"
    )
    assert rows == [
        ("#1", Decimal(100_000), Decimal(0), Decimal(100_000), "online"),
        ("#2", Decimal(100_000), Decimal(10_000), Decimal(90_000), "offline"),
    ]


def test_a_tax_that_the_order_states_is_split_over_goods_and_shipping(story: Story) -> None:
    rows = story.query(
        "select order_name, gross_sales, refunded_sales from int_orders where account = 'stated' order by order_name"
    )
    # 66,000 × 90 ÷ 99, of which half goes back; a stated 0 beside a rate: 108,000 ÷ 1.08
    assert rows == [("#1", Decimal(60_000), Decimal(30_000)), ("#2", Decimal(100_000), Decimal(0))]
