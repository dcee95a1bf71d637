"""KiotViet's workbooks: totals repeated on every row, three ways to write a date, spoilt telephones, chunks."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl

from raceway.reading.personal import Hasher
from tests.support.desk import Desk

INVOICE = [
    "Mã hóa đơn", "Chi nhánh", "Thời gian", "Mã khách hàng", "Tên khách hàng", "Điện thoại", "Kênh bán", "Trạng thái",
    "Tổng tiền hàng", "Giảm giá hóa đơn", "Khách cần trả", "Mã hàng", "Tên hàng", "ĐVT", "Số lượng", "Đơn giá",
    "Giảm giá", "Thành tiền",
]  # fmt: skip
RETURN = ["Mã trả hàng", "Mã hóa đơn", "Thời gian", "Trạng thái", "Cần trả khách", "Mã hàng", "Tên hàng", "Số lượng",
          "Giá bán", "Thành tiền"]  # fmt: skip


def workbook(*rows: list[Any]) -> bytes:
    """One sheet of these rows; numbers, texts and dates as they are."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def item(code: str, at: Any, phone: Any, sku: str, quantity: float, price: int, total: int, **more: Any) -> list[Any]:
    cells = {"customer": "KH000045", "status": "Hoàn thành", "sum": 450_000, "discount": 50_000} | more
    return [
        code, "Chi nhánh trung tâm", at, cells["customer"], "Nguyễn Văn An", phone, "Bán trực tiếp", cells["status"],
        cells["sum"], cells["discount"], cells["sum"] - cells["discount"], sku, f"Hàng {sku}", "Cái", quantity, price,
        0, total,
    ]  # fmt: skip


AN = [
    item("HD000123", "05/03/2026 10:21", "0912345678", "SP001", 2, 150_000, 300_000),
    item("HD000123", "05/03/2026 10:21", "0912345678", "SP007", 1, 150_000, 150_000),
]
FILE = "kiotviet/hanoi/DanhSachChiTietHoaDon_KV06032026-080000-123.xlsx"


def test_an_invoice_lands_row_by_row_with_its_totals_repeated(desk: Desk) -> None:
    outcome = desk.land_one(FILE, workbook(INVOICE, *AN))
    columns = "invoice_code, cast(sold_at as varchar), status, items_total, invoice_discount, sku, quantity, price, line_total"
    assert [tuple(str(cell) for cell in row) for row in desk.rows(outcome, columns)] == [
        ("HD000123", "2026-03-05 03:21:00", "Hoàn thành", "450000.000000", "50000.000000", "SP001", "2.000000",
         "150000.000000", "300000.000000"),
        ("HD000123", "2026-03-05 03:21:00", "Hoàn thành", "450000.000000", "50000.000000", "SP007", "1.000000",
         "150000.000000", "150000.000000"),
    ]  # fmt: skip


def test_the_tax_that_an_invoice_states_lands_with_each_of_its_rows(desk: Desk) -> None:
    rows = [[*AN[0], "8.000"], [*AN[1], "8.000"], [*item("HD2", "05/03/2026 10:21", None, "SP001", 1, 1_000, 1_000), 8]]
    outcome = desk.land_one(FILE, workbook([*INVOICE, "VAT"], *rows))
    assert {(code, int(tax)) for code, tax in desk.rows(outcome, "invoice_code, taxes")} == {
        ("HD000123", 8_000),
        ("HD2", 8),
    }


def test_a_date_is_read_as_text_as_a_spreadsheet_s_date_and_as_its_day_number(desk: Desk) -> None:
    half_past_ten = dt.datetime(2026, 3, 5, 10, 30)
    rows = [
        item("HD1", "05/03/2026 10:30", None, "A", 1, 1_000, 1_000),
        item("HD2", half_past_ten, None, "A", 1, 1_000, 1_000),
        item("HD3", 46086.4375, None, "A", 1, 1_000, 1_000),  # 46,086 days after 1899-12-30 is 2026-03-05
        item("HD4", "46086.4375", None, "A", 1, 1_000, 1_000),
    ]
    outcome = desk.land_one(FILE, workbook(INVOICE, *rows))
    assert set(desk.rows(outcome, "cast(sold_at as varchar)")) == {("2026-03-05 03:30:00",)}


def test_a_telephone_that_lost_its_zero_or_gained_a_point_is_the_same_one(desk: Desk) -> None:
    phones = ["0912345678", 912345678, "912345678.0", "+84 912 345 678", "'0912345678"]
    rows = [item(f"HD{n}", "05/03/2026", phone, "A", 1, 1_000, 1_000) for n, phone in enumerate(phones)]
    outcome = desk.land_one(FILE, workbook(INVOICE, *rows))
    assert set(desk.rows(outcome, "phone_hash")) == {(Hasher(desk.home).phone("0912345678", "VN"),)}


def test_names_never_land_and_a_walk_in_customer_is_nobody(desk: Desk) -> None:
    outcome = desk.land_one(
        FILE, workbook(INVOICE, item("HD1", "05/03/2026", None, "A", 1, 1_000, 1_000, customer=None))
    )
    assert desk.rows(outcome, "customer_key, phone_hash") == [(None, None)]
    assert "Nguyễn" not in str(desk.rows(outcome))
    assert desk.batch(outcome.batches[0]).manifest["findings"] == []


def test_chunks_of_one_download_are_one_batch_and_a_second_download_stands_alone(desk: Desk) -> None:
    chunk = "kiotviet/hanoi/DanhSachChiTietHoaDon_KV06032026"
    desk.deliver(f"{chunk}_1.xlsx", workbook(INVOICE, AN[0]), "2026-03-06 01:00")
    desk.deliver(f"{chunk}_2.xlsx", workbook(INVOICE, AN[1]), "2026-03-06 01:01")
    desk.deliver(f"{chunk} (1).xlsx", workbook(INVOICE, *AN), "2026-03-06 01:30")
    outcomes = desk.land("kiotviet")
    assert sorted(desk.batch(b).manifest["rows_landed"] for o in outcomes for b in o.batches) == [2, 2]


def test_a_return_is_no_invoice(desk: Desk) -> None:
    back = ["TH000001", "HD000123", "07/03/2026 09:00", "Đã trả", 140_000, "SP007", "Mũ", 1, 150_000, 150_000]
    outcome = desk.land_one("kiotviet/hanoi/DanhSachChiTietTraHang.xlsx", workbook(RETURN, back))
    assert list(outcome.tables) == ["returns"]
    columns = "return_code, invoice_code, cast(returned_at as varchar), cast(to_pay_back as bigint)"
    assert desk.rows(outcome, columns) == [("TH000001", "HD000123", "2026-03-07 02:00:00", 140_000)]


def test_other_lists_of_kiotviet_are_refused_by_name(desk: Desk) -> None:
    outcome = desk.land_one(
        "kiotviet/hanoi/DanhSachChiTietNhapHang.xlsx", workbook(["Mã nhập hàng", "Thời gian"], ["PN1", "05/03/2026"])
    )
    assert "KiotViet stock-in details: not a supported report" in outcome.reason


def test_an_hour_that_is_none_refuses_its_row(desk: Desk) -> None:
    bad = item("HD2", "35/03/2026 10:21", None, "A", 1, 1_000, 1_000)
    outcome = desk.land_one(FILE, workbook(INVOICE, *[[*AN[0][:-7], f"SP{n}", *AN[0][-6:]] for n in range(30)], bad))
    [(_, row, column, reason, raw)] = desk.quarantined(outcome)
    assert (row, column, raw) == ("31", "Thời gian", "35/03/2026 10:21")
    assert "is no time" in reason


def test_invoices_with_a_column_of_returns_are_invoices(desk: Desk) -> None:
    head = ["Mã trả hàng", *INVOICE]
    outcome = desk.land_one(FILE, workbook(head, *([None, *row] for row in AN)))
    assert list(outcome.tables) == ["invoices"]
    renamed = desk.land_one("kiotviet/hanoi/tháng ba.xlsx", workbook(head, *([None, *row] for row in AN)))
    assert list(renamed.tables) == ["invoices"]
    back = [["TH000001", *AN[0]], [None, *AN[1]]]  # one of them came back: by its name it is a list of invoices still
    assert list(desk.land_one(FILE.replace("123.xlsx", "124.xlsx"), workbook(head, *back)).tables) == ["invoices"]


def test_a_list_of_customers_lands_without_their_names(desk: Desk) -> None:
    head = [
        "Loại khách",
        "Mã khách hàng",
        "Tên khách hàng",
        "Điện thoại",
        "Email",
        "Ngày tạo",
        "Tổng bán",
        "Trạng thái",
    ]
    row = ["Cá nhân", "KH000045", "Nguyễn Văn An", "0912345678", "an@example.com", "05/03/2026 10:21", 450_000, 1]
    outcome = desk.land_one("kiotviet/hanoi/DanhSachKhachHang_KV.xlsx", workbook(head, row))
    hasher = Hasher(desk.home)
    assert list(outcome.tables) == ["customers"]
    assert desk.rows(outcome, "phone_hash, email_hash, cast(total_sold as bigint)") == [
        (hasher.phone("0912345678", "VN"), hasher.email("an@example.com"), 450_000)
    ]
    assert "Nguyễn" not in str(desk.rows(outcome))
