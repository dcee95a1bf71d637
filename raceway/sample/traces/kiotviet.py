"""KiotViet's workbooks: the invoice's totals on every row, dates and telephones as spreadsheets leave them.

The history comes in two chunks cut in the middle of an invoice; the second download has `(1)` in its name; each
file writes its dates in another way.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header
from raceway.sample.traces.workbook import Cell, workbook
from raceway.sample.world.chance import Chance
from raceway.sample.world.trade import ACCOUNTS, TILL, Item, Return, Sale
from raceway.sample.world.world import World

_INVOICES: Final = header(
    "Mã hóa đơn,Chi nhánh,Thời gian,Mã khách hàng,Tên khách hàng,Điện thoại,Người bán,Kênh bán,Trạng thái,"
    "Tổng tiền hàng,Giảm giá hóa đơn,Khách cần trả,Khách đã trả,Ghi chú,Mã hàng,Tên hàng,ĐVT,Số lượng,Đơn giá,"
    "Giảm giá,Thành tiền"
)
_RETURNS: Final = header(
    "Mã trả hàng,Mã hóa đơn,Chi nhánh,Thời gian,Trạng thái,Cần trả khách,Mã hàng,Tên hàng,Số lượng,Giá bán,Thành tiền"
)

_DAY_ZERO: Final = dt.datetime.fromisoformat("1899-12-30")  # of spreadsheets; local, as their cells are


def write_kiotviet(world: World, inbox: Path) -> int:
    """Writes the invoices of three exports and the returns of two; gives the number of files."""
    drop = Drop(inbox, TILL, ACCOUNTS[TILL])
    if not world.traps:
        for at in world.trade.exports:
            drop.put(f"{at:%Y-%m-%d}/DanhSachChiTietHoaDon.xlsx", workbook([_INVOICES, *_rows(world, at, "text")]), at)
            drop.put(f"{at:%Y-%m-%d}/DanhSachChiTietTraHang.xlsx", workbook([_RETURNS, *_returns(world, at)]), at)
        return drop.files
    first, *later = world.trade.exports
    rows = _rows(world, first, "text")
    cut = _middle_of_an_invoice(rows)
    name = f"DanhSachChiTietHoaDon_KV{first:%d%m%Y}-060000-417"
    for part, chunk in enumerate((rows[:cut], rows[cut:]), start=1):
        at = first + dt.timedelta(minutes=part - 1)
        drop.put(f"{name}_{part}.xlsx", workbook([_INVOICES, *chunk]), at)
    for at, dates in zip(later, ("date", "number"), strict=True):
        name = "DanhSachChiTietHoaDon (1).xlsx" if dates == "date" else "DanhSachChiTietHoaDon.xlsx"
        drop.put(f"{at:%Y-%m-%d}/{name}", workbook([_INVOICES, *_rows(world, at, dates)]), at)
    for at in later:
        drop.put(f"{at:%Y-%m-%d}/DanhSachChiTietTraHang.xlsx", workbook([_RETURNS, *_returns(world, at)]), at)
    return drop.files


def _middle_of_an_invoice(rows: list[list[Cell]]) -> int:
    middle = len(rows) // 2
    return next((n for n in range(middle, len(rows)) if n and rows[n][0] == rows[n - 1][0]), middle)


def _rows(world: World, at: dt.datetime, dates: str) -> list[list[Cell]]:
    sales = sorted(world.trade.exported(TILL, at), key=lambda sale: (sale.at, sale.name), reverse=True)
    return [_row(world, sale, item, at, dates) for sale in sales for item in sale.items]


def _row(world: World, sale: Sale, item: Item, at: dt.datetime, dates: str) -> list[Cell]:
    return [
        sale.name, "Hàng Gai", _moment(world, sale.at, dates), sale.customer or "",
        "Nguyễn Văn Khách" if sale.customer else "Khách lẻ", _phone(world, sale), "Thu ngân 1", sale.sold_on,
        _status(sale, at), sum(i.amount - i.discount for i in sale.items), sale.discount, sale.subtotal, sale.subtotal,
        "", item.sku, item.name, "Đôi", item.quantity, item.price, item.discount, item.amount - item.discount,
    ]  # fmt: skip


def _status(sale: Sale, at: dt.datetime) -> str:
    if sale.cancelled_at is not None and sale.cancelled_at <= at:
        return "Đã hủy"
    if sale.refused_at is not None and sale.refused_at <= at:
        return "Không giao được"
    return "Hoàn thành"


def _moment(world: World, moment: dt.datetime, dates: str) -> Cell:
    local = moment.astimezone(world.settings.zone).replace(tzinfo=None)
    if dates == "text":
        return local.strftime("%d/%m/%Y %H:%M")
    return local if dates == "date" else (local - _DAY_ZERO) / dt.timedelta(days=1)


def _phone(world: World, sale: Sale) -> Cell:
    """As typed, without its leading zero, or with a point that a spreadsheet put behind it."""
    if sale.phone is None:
        return ""
    digits = sale.phone.removeprefix("+84")
    # an invoice looks the same in every export
    way = Chance(world.seed, f"phone {sale.name}").choices(("typed", "number", "point"), (70, 20, 10))[0]
    return f"0{digits}" if way == "typed" else int(digits) if way == "number" else f"{digits}.0"


def _returns(world: World, at: dt.datetime) -> list[list[Cell]]:
    """All returns until then: the list is short and taken whole."""
    told: list[tuple[str, Return]] = [(sale.name, back) for sale in world.trade.of(TILL) for back in sale.returns]
    told += [("", back) for back in world.trade.loose_returns]
    return [
        [back.code, invoice, "Hàng Gai", _moment(world, back.at, "text"), "Đã hủy" if back.is_cancelled else "Đã trả",
         back.amount, back.item.sku, back.item.name, back.item.quantity, back.item.price, back.item.price]
        for invoice, back in sorted(told, key=lambda pair: pair[1].code) if back.at <= at
    ]  # fmt: skip
