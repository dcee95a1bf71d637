"""Orders of marketplaces and shop systems: one shape under the headers of five sources and two languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from raceway.common.home import PROJECT
from raceway.contracts.load import load_contracts
from raceway.gate.batch_gate import check_batch
from raceway.reading.personal import Hasher
from tests.sources.test_kiotviet import workbook
from tests.support.desk import Desk

MAPPED = ("shopee", "tiktok_shop", "lazada", "haravan", "sapo")
SHOPEE = (
    "Mã đơn hàng,Ngày đặt hàng,Trạng Thái Đơn Hàng,Trạng thái giao hàng,SKU phân loại hàng,Tên sản phẩm,Giá gốc,"
    "Tổng số tiền được người bán trợ giá,Số lượng,Mã giảm giá của Shop,Tổng số tiền người mua thanh toán,Phí cố định,"
    "Phí Dịch Vụ,Phí thanh toán,Người Mua,Số điện thoại,Tỉnh/Thành phố,Quốc gia\n"
)
TIKTOK = (
    "Order ID,Order Status,Order Substatus,Seller SKU,Product Name,Quantity,SKU Unit Original Price,"
    "SKU Seller Discount,Order Amount,Order Refund Amount,Created Time,Cancelled Time,Buyer Username,Phone #,Province\n"
    "Platform unique order ID.,Current order status.,,Seller sku input.,Product name.,Sku sold quantity.,,,,,"
    "Order created time.,,,,\n"
)


@pytest.mark.parametrize("source", MAPPED)
def test_the_template_lands_without_a_finding(desk: Desk, source: str) -> None:
    template = (PROJECT.root / "docs" / "templates" / f"{source}_orders.csv").read_text(encoding="utf-8")
    rows = "\n".join(line for line in template.splitlines() if not line.startswith("#")) + "\n"
    outcome = desk.land_one(f"{source}/shop/orders.csv", rows)
    manifest = desk.batch(outcome.batches[0]).manifest
    assert (manifest["rows_landed"], manifest["rows_refused"], manifest["findings"]) == (2, 0, [])
    assert desk.rows(outcome, "quantity, cast(price as bigint), cast(ordered_at as varchar)") == [
        (2, 150_000, "2026-03-05 03:21:00"),
        (1, 90_000, "2026-03-05 03:21:00"),
    ]


@pytest.mark.parametrize("source", MAPPED)
def test_every_column_has_a_header_in_english(source: str) -> None:
    for column in load_contracts()[source].table("orders").columns:
        assert column.meta.aliases["en"], column.name


def test_shopee_s_vietnamese_headers_land_and_its_masked_buyer_does_not(desk: Desk) -> None:
    row = "260305ABC1,2026-03-05 10:21,Hoàn thành,Giao thành công,A,Áo thun,150000,20000,2,5000,275000,8000,2500,5500,an***,******78,Hà Nội,VN\n"
    outcome = desk.land_one("shopee/shop/Order.all.20260301_20260308.csv", SHOPEE + row)
    columns = "order_name, status, delivery_state, sku, quantity, cast(price as bigint), cast(seller_discount as bigint), cast(order_discount as bigint), cast(order_total as bigint), cast(commission_fee + service_fee + payment_fee as bigint), province"
    assert desk.rows(outcome, columns) == [
        ("260305ABC1", "Hoàn thành", "Giao thành công", "A", 2, 150_000, 20_000, 5_000, 275_000, 16_000, "Hà Nội")
    ]
    assert "an***" not in str(desk.rows(outcome))
    assert "******78" not in str(desk.rows(outcome))


def test_tiktok_describes_its_columns_in_a_second_header_and_ends_cells_with_a_tab(desk: Desk) -> None:
    row = (
        "5761234567890123456\t,Completed,,A,Áo,1,150000,0,150000,0,05/03/2026 10:21:33\t,\t,b***,(+84)9*****78,Hà Nội\n"
    )
    outcome = desk.land_one("tiktok_shop/shop/All order.csv", TIKTOK + row)
    manifest = desk.batch(outcome.batches[0]).manifest
    assert (manifest["rows_landed"], manifest["rows_refused"], manifest["rows_furniture"]) == (1, 0, 1)
    assert desk.rows(outcome, "trim(order_name, chr(9)), cast(ordered_at as varchar), cancelled_at") == [
        ("5761234567890123456", "2026-03-05 03:21:33", None)
    ]


def test_an_id_that_a_spreadsheet_spoilt_refuses_the_file(desk: Desk) -> None:
    row = "5.76123E+18,Completed,,A,Áo,1,150000,0,150000,0,05/03/2026 10:21:33,,b***,x,Hà Nội\n"
    outcome = desk.land_one("tiktok_shop/shop/All order.csv", TIKTOK + row)
    assert "5.76123E+18" in outcome.reason


def test_lazada_writes_one_row_per_piece(desk: Desk) -> None:
    head = "orderItemId,orderNumber,createTime,status,sellerSku,itemName,unitPrice,sellerDiscountTotal,shippingCountry,customerName\n"
    rows = "1,401,05 Mar 2026 10:21,delivered,A,Áo,150000.00,0,Vietnam,An\n2,401,05 Mar 2026 10:21,delivered,A,Áo,150000.00,0,Vietnam,An\n"
    outcome = desk.land_one("lazada/shop/orders.csv", head + rows)
    assert desk.rows(outcome, "order_name, quantity, cast(ordered_at as varchar)") == [
        ("401", 1, "2026-03-05 03:21:00"),
        ("401", 1, "2026-03-05 03:21:00"),
    ]


def test_shop_systems_name_their_buyer(desk: Desk) -> None:
    head = "Mã đơn hàng,Ngày tạo đơn,Trạng thái,Số điện thoại,Nguồn đơn hàng,Tên sản phẩm,Số lượng,Đơn giá\n"
    for source in ("haravan", "sapo"):
        outcome = desk.land_one(
            f"{source}/shop/orders.csv", head + "SON01,05/03/2026 10:21,Hoàn thành,912345678,POS,Áo,1,150000\n"
        )
        assert desk.rows(outcome, "phone_hash, sales_channel") == [(Hasher(desk.home).phone("0912345678", "VN"), "POS")]


def test_a_user_s_own_headers_are_named_in_the_overlay(desk: Desk) -> None:
    overlay: Path = desk.home.sources / "shopee.yml"
    overlay.write_text(
        "tables:\n  orders:\n    number_locale: comma\n    aliases:\n      order_name: [Ref]\n      ordered_at: [When]\n"
        "      status: [State]\n      product: [What]\n      quantity: [N]\n      price: [Each]\n",
        encoding="utf-8",
    )
    outcome = desk.land_one(
        "shopee/shop/mine.csv", "Ref,When,State,What,N,Each\nX1,05/03/2026 10:21,done,Áo,2,150.000\n"
    )
    assert desk.rows(outcome, "order_name, quantity, cast(price as bigint)") == [("X1", 2, 150_000)]


def test_a_workbook_and_its_csv_land_the_same(desk: Desk) -> None:
    head = SHOPEE.strip().split(",")
    row = ["260305ABC1", "2026-03-05 10:21", "Hoàn thành", None, "A", "Áo", 150000, 20000, 2, None, 280000, 8000, 0, 0]
    in_book = desk.land_one("shopee/shop/a.xlsx", workbook(head, row))
    text = ",".join("" if cell is None else str(cell) for cell in row) + ",,,,\n"
    # what is already in effect comes again: equal in every cell
    assert desk.land_one("shopee/shop/b.csv", SHOPEE + text, "2026-03-09 04:00").status == "duplicate"
    columns = "order_name, quantity, cast(price as bigint), cast(order_total as bigint), cast(commission_fee as bigint)"
    assert desk.rows(in_book, columns) == [("260305ABC1", 2, 150_000, 280_000, 8_000)]


def test_the_row_that_describes_tiktoks_columns_is_furniture_in_any_language(desk: Desk) -> None:
    """Its words hold numbers and capitals: neither an order nor a currency."""
    for name, said in {
        "en": "Platform unique order ID.,Current order status.,,Seller sku.,Name.,Sold.,1 SKU original price.,,USD total.,,Created.,,,,",
        "vi": "Mã đơn hàng duy nhất trên nền tảng.,Trạng thái.,,,Tên.,Số lượng.,Giá gốc của 1 SKU.,,,,Thời gian tạo.,,,,",
    }.items():
        head = TIKTOK.split("\n")[0]
        row = "576123456789012345,Completed,,A,Áo,1,150000,0,150000,0,05/03/2026 10:21:33,,b***,x,Hà Nội\n"
        outcome = desk.land_one(f"tiktok_shop/shop/{name}.csv", f"{head}\n{said}\n{row}")
        assert (outcome.status, outcome.rows_landed, outcome.rows_furniture) == ("landed", 1, 1), outcome.reason
        alone = desk.land_one(f"tiktok_shop/shop/{name}-alone.csv", f"{head}\n{row.replace('Áo', f'Áo {name}')}")
        assert (alone.rows_landed, alone.rows_furniture) == (1, 0)


def test_headers_that_differ_in_their_case_are_two_columns(desk: Desk) -> None:
    head = (
        "Mã đơn hàng,Ngày đặt hàng,Trạng Thái Đơn Hàng,Tên sản phẩm,Giá gốc,Số lượng,"
        "Tổng số tiền Người mua thanh toán,Tổng số tiền người mua thanh toán\n"
    )
    outcome = desk.land_one("shopee/shop/Order.all.csv", head + "O9,2026-03-01 10:00,Hoàn thành,Cốc,100,2,190,175\n")
    assert desk.rows(outcome, "cast(order_total as integer)") == [(175,)]


def test_lazadas_discounts_land_below_zero_as_it_writes_them(desk: Desk) -> None:
    """The staging model takes their amount, whatever the sign."""
    head = "orderItemId,orderNumber,createTime,status,sellerSku,itemName,unitPrice,sellerDiscountTotal\n"
    outcome = desk.land_one(
        "lazada/shop/orders.csv", head + "1,9001,03 Mar 2026 10:00,delivered,A,Cup,100.00,-20.00\n", gate=check_batch
    )
    assert outcome.status == "landed"
    assert desk.rows(outcome, "cast(seller_discount as integer)") == [(-20,)]
