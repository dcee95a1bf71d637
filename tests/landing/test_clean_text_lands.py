"""Headers, cells and names of one spelling, whatever a file's letters are made of."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata

import openpyxl
import pytest

from raceway.config.accounts import load_channel_rules, load_exclusions
from raceway.config.settings import load_settings
from raceway.reading.personal import Hasher
from tests.support.desk import Desk

ORDERS = (
    "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Tags,"
    "Refunded{} Amount,Phone,Notes\n"
)


def apart(text: str) -> str:
    """With its accents apart from their letters, as macOS writes them."""
    return unicodedata.normalize("NFD", text)


def order(number: int, email: str = "", item: str = "Giày", tags: str = "", phone: str = "") -> str:
    return f'#{number},"{email}",paid,VND,10,10,2026-03-01 10:00:00 +0700,1,"{item}",10,"{tags}",4,"{phone}",\n'


def test_decomposed_cells_land_composed_and_an_invisible_character_hides_no_column(desk: Desk) -> None:
    content = ORDERS.format("\u200b") + order(1, tags=apart("Bom hàng")) + order(2, item=apart("Thẻ quà tặng 500k"))
    outcome = desk.land_one("shopify/shop/orders_export.csv", content)
    assert desk.rows(outcome, "tags, lineitem_name, refunded_amount") == [
        ("Bom hàng", "Giày", 4), (None, "Thẻ quà tặng 500k", 4),
    ]  # fmt: skip


def test_line_ends_of_windows_inside_quoted_cells_are_one(desk: Desk) -> None:
    content = ORDERS.format("") + order(1, item='ring ""twice"",\r\nleave at door\n') + order(2, item="a\r\n\r\nb")
    outcome = desk.land_one("shopify/shop/orders_export.csv", "\ufeff" + content.replace("4,,\n", "4,,\r\n"))
    assert desk.rows(outcome, "lineitem_name") == [('ring "twice",\nleave at door',), ("a\n\nb",)]


def test_a_workbook_in_decomposed_letters_is_the_same_report(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    header = ["Chi nhánh", "Mã hóa đơn", "Thời gian", "Trạng thái", "Kênh bán", "Mã hàng", "Tên hàng", "Số lượng"]
    header += ["Đơn giá", "Thành tiền", "Tổng tiền hàng", "Giảm giá hóa đơn", "Khách cần trả", "Mã khách hàng"]
    row = ["HN", "HD2", dt.datetime(2026, 3, 5, 11), "Đã hủy", "Bán trực tiếp", "S1", "Áo", 1, 70000, 70000, 70000, 0]
    sheet.append([apart(cell) for cell in header])
    sheet.append([apart(cell) if isinstance(cell, str) else cell for cell in [*row, 70000, "KH2"]])
    buffer = io.BytesIO()
    book.save(buffer)
    outcome = desk.land_one("kiotviet/hanoi/DanhSachChiTietHoaDon_1.xlsx", buffer.getvalue())
    assert desk.rows(outcome, "status, sales_channel, product") == [("Đã hủy", "Bán trực tiếp", "Áo")]


@pytest.mark.parametrize("around", ["{}\u00a0", "\u200b{}", "{}\t", "\ufeff{}", " {} "])
def test_one_person_is_one_whatever_stands_around_the_address(desk: Desk, around: str) -> None:
    content = ORDERS.format("") + order(1, email=around.format("ann@example.com")) + order(2, email="ann@example.com")
    outcome = desk.land_one("shopify/shop/orders_export.csv", content)
    assert set(desk.rows(outcome, "email_hash")) == {(Hasher(desk.home).email(around.format("Ann@example.com")),)}


def test_a_number_with_its_trunk_zero_is_the_number_without(desk: Desk) -> None:
    content = ORDERS.format("") + order(1, phone="+84 (0)912 345 678") + order(2, phone="0912345678\t")
    content += order(3, phone="8.49123E+10") + order(4, phone="0000000000")
    outcome = desk.land_one("shopify/shop/orders_export.csv", content)
    number = Hasher(desk.home).phone("0912345678", "VN")
    assert desk.rows(outcome, "phone_hash") == [(number,), (number,), (None,), (None,)]


def test_a_homes_own_lists_and_settings_are_read_composed(desk: Desk) -> None:
    home = desk.home
    home.exclusions.write_text(apart("kind,value,reason\norder_tag,Bom hàng\u00a0,\n"), encoding="utf-8")
    assert [row.value for row in load_exclusions(home)] == ["Bom hàng"]
    home.channel_rules.write_text(apart("channel,campaign\nemail,hè.*\n"), encoding="utf-8")
    assert [row.campaign for row in load_channel_rules(home)] == ["hè.*"]
    home.settings.write_text(apart('[identity]\nnever_join = ["Quán Hồng"]\n'), encoding="utf-8")
    assert load_settings(home).identity.never_join == ("Quán Hồng",)
