"""Orders of Shopee, TikTok Shop, Lazada, Haravan and Sapo: one shape, five ways to write it.

Shopee comes as a workbook with Vietnamese headers, TikTok with a second header of descriptions and tabs behind its
ids, Lazada with one row per piece, Haravan with order cells on the first row only, Sapo by the template's headers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Final

from raceway.sample.invent.names import CITIES
from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.traces.workbook import workbook
from raceway.sample.world.trade import ACCOUNTS, Item, Sale
from raceway.sample.world.world import World

_SHOPEE: Final = header(
    "Mã đơn hàng,Mã Kiện Hàng,Ngày đặt hàng,Trạng Thái Đơn Hàng,Lý do hủy,Trạng thái giao hàng,SKU phân loại hàng,"
    "Tên sản phẩm,Giá gốc,Tổng số tiền được người bán trợ giá,Số lượng,Mã giảm giá của Shop,"
    "Tổng số tiền người mua thanh toán,Số tiền hoàn,Phí cố định,Phí Dịch Vụ,Phí thanh toán,"
    "Phí vận chuyển người bán trả,Số tiền quyết toán,Ngày quyết toán,Người Mua,Số điện thoại,Tỉnh/Thành phố,Quốc gia"
)
_TIKTOK: Final = header(
    "Order ID,Order Status,Order Substatus,Delivery Status,Seller SKU,Product Name,Quantity,SKU Unit Original Price,"
    "SKU Seller Discount,Order Discount,Order Amount,Order Refund Amount,Created Time,Cancelled Time,Cancel Reason,"
    "Buyer Username,Phone #,Province,Settlement Amount,Settlement Date,Commission Fee,Service Fee,Transaction Fee,"
    "Seller Shipping Fee"
)
_TIKTOK_TOLD: Final = header(
    "Platform unique order ID.,Current order status.,Current order sub status.,Parcel.,Seller sku.,Product name.,"
    "Sold quantity.,Original price.,Discount by seller.,Voucher by seller.,Order amount.,Refunded.,Order created time.,"
    "Order cancelled time.,Reason.,Buyer.,Phone.,Province.,Payout.,Payout day.,,,,"
)
_LAZADA: Final = header(
    "orderItemId,orderNumber,createTime,status,Delivery Status,sellerSku,itemName,unitPrice,sellerDiscountTotal,"
    "Order Discount,Order Total,refundAmount,Commission Fee,Service Fee,Payment Fee,Seller Shipping Fee,"
    "Settlement Amount,Settlement Date,customerName,shippingCountry"
)
_HARAVAN: Final = header(
    "Mã đơn hàng,Email,Số điện thoại,Ngày đặt hàng,Trạng thái,Trạng thái giao hàng,Ngày hủy,Mã SKU,Tên sản phẩm,"
    "Số lượng,Đơn giá,Giảm giá sản phẩm,Giảm giá đơn hàng,Tổng cộng,Đã hoàn tiền"
)
_SAPO: Final = header(
    "Order ID,Phone,Source,Order Date,Order Status,Delivery Status,Item Code,Product Name,Quantity,Unit Price,"
    "Line Discount,Order Discount,Order Total,Refunded Amount"
)
_CANCELLED: Final = {
    "shopee": "Đã hủy",
    "tiktok_shop": "Cancelled",
    "lazada": "canceled",
    "haravan": "Đã hủy",
    "sapo": "Huỷ",
}
_WHY: Final = ("Đổi ý, không muốn mua nữa", "Tìm thấy giá rẻ hơn ở chỗ khác", "Muốn thay đổi địa chỉ giao hàng", "")
"""Why buyers cancel, as Shopee offers it; the last one says nothing."""
_DONE: Final = {
    "shopee": "Hoàn thành", "tiktok_shop": "Completed", "lazada": "delivered", "haravan": "Hoàn tất",
    "sapo": "Hoàn thành",
}  # fmt: skip
_REFUSED: Final = {
    "shopee": "Giao hàng thất bại", "tiktok_shop": "Delivery failed", "lazada": "Returned to seller",
    "haravan": "Khách từ chối nhận", "sapo": "Chuyển hoàn",
}  # fmt: skip


class _Shown:
    """A sale as an export taken at `at` shows it."""

    def __init__(self, world: World, sale: Sale, at: dt.datetime) -> None:
        self.sale, self.at, self.zone = sale, at, world.settings.zone
        self.is_cancelled = sale.cancelled_at is not None and sale.cancelled_at <= at
        is_refused = sale.refused_at is not None and sale.refused_at <= at
        self.status = _CANCELLED[sale.source] if self.is_cancelled else _DONE[sale.source]
        self.parcel = _REFUSED[sale.source] if is_refused else ""
        self.why = _WHY[int(sale.name[-1]) % len(_WHY)] if self.is_cancelled else ""
        self.refunded = [0, *(total for moment, total in sale.refunds if moment <= at)][-1]
        self.is_settled = sale.settled_at is not None and sale.settled_at <= at
        self.fees = [str(fee) if self.is_settled else "" for fee in sale.fees]
        self.shipping = str(sale.shop_shipping) if self.is_settled else ""
        self.payout = str(sale.payout) if self.is_settled else ""
        self.province = CITIES[int(sale.name[-1]) % len(CITIES)][0]

    def local(self, moment: dt.datetime, written: str) -> str:
        return moment.astimezone(self.zone).strftime(written)

    def paid_on(self, written: str) -> str:
        return self.local(self.sale.settled_at, written) if self.is_settled and self.sale.settled_at else ""


def _write(source: str, world: World, inbox: Path) -> int:
    """Writes one source's exports; gives the number of files."""
    drop = Drop(inbox, source, ACCOUNTS[source])
    for at in world.trade.exports:
        sales = world.trade.exported(source, at)
        if not sales:
            continue
        rows = [row for sale in reversed(sales) for row in _WAYS[source](_Shown(world, sale, at))]
        day = f"{at.astimezone(world.settings.zone):%Y%m%d}"
        if source == "shopee":
            drop.put(f"Order.all.{day}.xlsx", workbook([_SHOPEE, *rows], "orders"), at)
        elif source == "tiktok_shop":
            told = [_TIKTOK, _TIKTOK_TOLD, *rows]
            drop.put(f"All order-{day}.csv", b"\xef\xbb\xbf" + table(told, line_end="\r\n").encode(), at)
        else:
            head = {"lazada": _LAZADA, "haravan": _HARAVAN, "sapo": _SAPO}[source]
            drop.put(f"orders-{day}.csv", table([head, *rows]).encode(), at)
    return drop.files


def _shopee(shown: _Shown) -> list[list[str]]:
    """Order cells on every row."""
    sale = shown.sale
    return [
        [sale.name, "", shown.local(sale.at, "%Y-%m-%d %H:%M"), shown.status,
         shown.why, shown.parcel, item.sku, item.name, str(item.price),
         str(item.discount), str(item.quantity), str(sale.discount), str(sale.total), str(shown.refunded),
         *shown.fees, shown.shipping, shown.payout, shown.paid_on("%Y-%m-%d"), "n***a", "******78", shown.province,
         "VN"]
        for item in sale.items
    ]  # fmt: skip


def _tiktok(shown: _Shown) -> list[list[str]]:
    """Ids and times with a tab behind them, so that Excel leaves them alone; the moment of a cancellation."""
    sale, when = shown.sale, "%d/%m/%Y %H:%M:%S\t"
    cancelled = shown.local(sale.cancelled_at, when) if shown.is_cancelled and sale.cancelled_at else "\t"
    return [
        [f"{sale.name}\t", shown.status, "", shown.parcel, item.sku, item.name, str(item.quantity), str(item.price),
         str(item.discount), str(sale.discount), str(sale.total), str(shown.refunded), shown.local(sale.at, when),
         cancelled, "", "k***9", "(+84)9*****78", shown.province, shown.payout, shown.paid_on("%d/%m/%Y"), *shown.fees,
         shown.shipping]
        for item in sale.items
    ]  # fmt: skip


def _lazada(shown: _Shown) -> list[list[str]]:
    """One row per piece, the discount of a row spread over its pieces; discounts stand below zero."""
    sale = shown.sale
    pieces = [piece for item in sale.items for piece in _pieces(item)]
    return [
        [f"{sale.name}{number:02d}", sale.name, shown.local(sale.at, "%d %b %Y %H:%M"), shown.status, shown.parcel,
         piece.sku, piece.name, f"{piece.price}.00", f"{-piece.discount}.00", str(-sale.discount), str(sale.total),
         str(shown.refunded), *shown.fees, shown.shipping, shown.payout, shown.paid_on("%d %b %Y"), "A***", "Vietnam"]
        for number, piece in enumerate(pieces)
    ]  # fmt: skip


def _pieces(item: Item) -> list[Item]:
    each = item.discount // item.quantity
    left = item.discount - each * item.quantity
    return [
        Item(item.sku, item.name, item.price, 1, each + (left if number == 0 else 0)) for number in range(item.quantity)
    ]


def _haravan(shown: _Shown) -> list[list[str]]:
    """Order cells on the first row only."""
    sale = shown.sale
    cancelled = shown.local(sale.cancelled_at, "%d/%m/%Y %H:%M") if shown.is_cancelled and sale.cancelled_at else ""
    return [
        [sale.name, *((sale.email or "", sale.phone or "") if number == 0 else ("", "")),
         shown.local(sale.at, "%d/%m/%Y %H:%M"),
         *((shown.status, shown.parcel, cancelled) if number == 0 else ("",) * 3),
         item.sku, item.name, str(item.quantity), str(item.price), str(item.discount),
         *((str(sale.discount), str(sale.total), str(shown.refunded)) if number == 0 else ("",) * 3)]
        for number, item in enumerate(sale.items)
    ]  # fmt: skip


def _sapo(shown: _Shown) -> list[list[str]]:
    """By the template's headers; telephones without their leading zero."""
    sale = shown.sale
    return [
        [sale.name, (sale.phone or "").removeprefix("+84"), sale.sold_on, shown.local(sale.at, "%Y-%m-%d %H:%M"),
         shown.status, shown.parcel, item.sku, item.name, str(item.quantity), str(item.price), str(item.discount),
         str(sale.discount), str(sale.total), str(shown.refunded)]
        for item in sale.items
    ]  # fmt: skip


_WAYS: Final[dict[str, Callable[[_Shown], list[list[str]]]]] = {
    "shopee": _shopee,
    "tiktok_shop": _tiktok,
    "lazada": _lazada,
    "haravan": _haravan,
    "sapo": _sapo,
}


def write_shopee(world: World, inbox: Path) -> int:
    """Writes the exports of the Shopee shop; gives the number of files."""
    return _write("shopee", world, inbox)


def write_tiktok_shop(world: World, inbox: Path) -> int:
    """Writes the exports of the TikTok Shop; gives the number of files."""
    return _write("tiktok_shop", world, inbox)


def write_lazada(world: World, inbox: Path) -> int:
    """Writes the exports of the Lazada shop; gives the number of files."""
    return _write("lazada", world, inbox)


def write_haravan(world: World, inbox: Path) -> int:
    """Writes the exports of the Haravan shop; gives the number of files."""
    return _write("haravan", world, inbox)


def write_sapo(world: World, inbox: Path) -> int:
    """Writes the exports of the Sapo shop; gives the number of files."""
    return _write("sapo", world, inbox)
