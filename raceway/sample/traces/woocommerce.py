"""WooCommerce's two exports of one shop: Analytics › Orders with products in one cell, and, once, WebToffee's with
the items side by side."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, grouped, header, table
from raceway.sample.world.trade import ACCOUNTS, ITEMS_EXPORT, Sale
from raceway.sample.world.world import World

_ANALYTICS: Final = header(
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,"
    "Attribution"
)
_WIDE: Final = header("order_id,order_number,order_date,status,order_total,cart_discount,order_currency,billing_email")
_ITEM: Final = ("Name", "id", "SKU", "Quantity", "Subtotal", "Total")
_MOST_ITEMS: Final = 3


def write_woocommerce(world: World, inbox: Path) -> int:
    """Writes three exports; gives the number of files."""
    drop = Drop(inbox, "woocommerce", ACCOUNTS["woocommerce"])
    for number, at in enumerate(world.trade.exports):
        sales = world.trade.exported("woocommerce", at)
        if world.traps and number == ITEMS_EXPORT and sales:
            items = [f"Product Item {n} {part}" for n in range(1, _MOST_ITEMS + 1) for part in _ITEM]
            rows = [[*_WIDE, *items], *(_wide(world, sale, at) for sale in sales)]
            drop.put(f"order_export_{at:%Y-%m-%d}.csv", table(rows).encode(), at)
        elif sales:
            rows = [_ANALYTICS, *(_analytics(world, sale, at) for sale in reversed(sales))]
            drop.put(f"orders-{at:%Y-%m-%d}.csv", table(rows).encode(), at)
    return drop.files


def _status(sale: Sale, at: dt.datetime) -> str:
    return "cancelled" if sale.cancelled_at is not None and sale.cancelled_at <= at else "completed"


def _moment(world: World, sale: Sale) -> str:
    return sale.at.astimezone(world.settings.zone).strftime("%Y-%m-%d %H:%M:%S")


def _net_sales(world: World, sale: Sale) -> int:
    """Analytics states Net Sales without tax, rounded up from half a đồng for each item."""
    account = world.accounts["woocommerce", ACCOUNTS["woocommerce"]]
    whole = 1 + Fraction(account.vat_rate) if account.prices_include_vat else Fraction(1)
    return sum(int(item.amount / whole + Fraction(1, 2)) for item in sale.items)


def _analytics(world: World, sale: Sale, at: dt.datetime) -> list[str]:
    return [
        _moment(world, sale), sale.name, f"₫{grouped(sale.subtotal)}", _status(sale, at), "Đại lý Hoa Mai", "returning",
        ", ".join(f"{item.quantity}× {item.name}" for item in sale.items), str(sum(i.quantity for i in sale.items)), "",
        str(_net_sales(world, sale)), "Direct",
    ]  # fmt: skip


def _wide(world: World, sale: Sale, at: dt.datetime) -> list[str]:
    cells = []
    for item in sale.items:
        cells += [
            item.name,
            str(100 + len(item.name)),
            item.sku,
            str(item.quantity),
            f"{item.amount}.00",
            f"{item.amount}.00",
        ]
    blank = [""] * (len(_ITEM) * _MOST_ITEMS - len(cells))
    order = [
        str(9_000 + int(sale.name)),
        sale.name,
        _moment(world, sale),
        f"wc-{_status(sale, at)}",
        f"{sale.subtotal}.00",
    ]
    return [*order, "0", "VND", "", *cells, *blank]
