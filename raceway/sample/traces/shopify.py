"""Shopify's order export: 79 columns, one row per line, order cells on the first row only.

The first export holds the whole history in two parts cut in the middle of an order; then one export a week
with the orders that are new or have changed since, one of them zipped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from raceway.sample.invent.names import CITIES, STREETS
from raceway.sample.traces.drop import Drop, header, table, zipped
from raceway.sample.world.chance import Chance
from raceway.sample.world.things import ShopOrder
from raceway.sample.world.world import World

HEADER: Final = header(
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,"
    "Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,"
    "Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,"
    "Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,"
    "Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,"
    "Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,"
    "Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,"
    "Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,"
    "Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,"
    "Payment ID,Payment Terms Name,Next Payment Due At,Payment References"
)
_COLUMN: Final = {name: index for index, name in enumerate(HEADER)}


def write_shopify(world: World, inbox: Path) -> int:
    """Writes all exports of the shop; gives the number of files."""
    drop = Drop(inbox, "shopify", "vn-shop")
    before: dt.datetime | None = None
    for number, exported_at in enumerate(world.order_exports):
        orders = [order for order in world.orders if _is_in(order, before, exported_at)]
        rows = [row for order in reversed(orders) for row in _rows(world, order, exported_at)]
        folder = f"{exported_at.astimezone(world.settings.zone):%Y-%m-%d}"
        if world.traps and number == 0 and len(rows) > 2:
            cut = _middle_of_an_order(rows)
            drop.put(f"{folder}/orders_export_1.csv", _file(rows[:cut]), exported_at)
            drop.put(f"{folder}/orders_export_2.csv", _file(rows[cut:]), exported_at)
        elif world.traps and number == 3:
            drop.put(f"{folder}/orders_export.zip", zipped({"orders_export.csv": _file(rows)}), exported_at)
        elif rows:
            drop.put(f"{folder}/orders_export.csv", _file(rows), exported_at)
        before = exported_at
    return drop.files


def _is_in(order: ShopOrder, before: dt.datetime | None, exported_at: dt.datetime) -> bool:
    """Whether something about the order is new since the export before."""
    return any(moment <= exported_at and (before is None or moment > before) for moment in order.changes()) and (
        order.created_at <= exported_at
    )


def _middle_of_an_order(rows: Sequence[Sequence[str]]) -> int:
    for cut in range(len(rows) // 2, len(rows)):
        if not rows[cut][_COLUMN["Financial Status"]]:
            return cut
    return len(rows) // 2


def _file(rows: Sequence[Sequence[str]]) -> bytes:
    return table([HEADER, *rows]).encode("utf-8")


def _rows(world: World, order: ShopOrder, at: dt.datetime) -> list[list[str]]:
    """The order's rows as an export at `at` shows them."""
    rows = []
    for number, line in enumerate(order.lines):
        row = [""] * len(HEADER)
        cells = {
            "Name": order.name, "Email": _email(order), "Created at": _stamp(world, order.created_at),
            "Lineitem quantity": str(line.quantity), "Lineitem name": line.name, "Lineitem price": f"{line.price}.00",
            "Lineitem compare at price": f"{line.price}.00", "Lineitem sku": line.sku,
            "Lineitem requires shipping": "false" if line.is_gift_card else "true", "Lineitem taxable": "true",
            "Lineitem fulfillment status": "fulfilled", "Vendor": "Sông Hồng", "Lineitem discount": "0.00",
        }  # fmt: skip
        if number == 0:
            cells |= _order_cells(world, order, at)
        for name, cell in cells.items():
            row[_COLUMN[name]] = cell
        rows.append(row)
    return rows


def _email(order: ShopOrder) -> str:
    """The address as it was typed: some in capitals."""
    email = order.email or ""
    return email.upper() if order.id.endswith("7") and len(order.lines) > 1 else email


def _order_cells(world: World, order: ShopOrder, at: dt.datetime) -> dict[str, str]:
    chance = Chance(world.seed, f"address {order.name}")  # an order looks the same in every export
    refunded = [0, *(total for moment, total in order.refunds if moment <= at)][-1]
    is_cancelled = order.cancelled_at is not None and order.cancelled_at <= at
    is_refused = order.refused_at is not None and order.refused_at <= at
    is_paid = not order.is_cod or (at - order.created_at > dt.timedelta(days=6) and not is_refused and not is_cancelled)
    tags = [*order.tags, *([order.refusal_tag] if is_refused else [])]
    return {
        "Financial Status": _financial_status(order, refunded, is_paid, is_cancelled),
        "Paid at": _stamp(world, order.created_at + dt.timedelta(minutes=2)) if is_paid else "",
        "Fulfillment Status": "unfulfilled" if is_cancelled else "fulfilled",
        "Accepts Marketing": chance.choice(("yes", "no")), "Currency": "VND", "Subtotal": f"{order.subtotal}.00",
        "Shipping": f"{order.shipping}.00", "Taxes": _cents(order.taxes_x100), "Total": f"{order.total}.00",
        "Discount Code": "SONGHONG" if order.discount else "FREESHIP" if order.free_shipping else "",
        "Discount Amount": f"{order.discount + order.free_shipping}.00",
        "Shipping Method": "Giao hàng nhanh, 2h" if order.shipping else "",
        **_address(chance, "Billing", order.billing_country), **_address(chance, "Shipping", order.shipping_country),
        **_phones(chance, order),
        "Notes": "Giao giờ hành chính,\ngọi trước" if chance.hit(0.05) else "",
        "Note Attributes": 'gift_wrap: yes\r\nlời nhắn: "sinh nhật"' if chance.hit(0.08) else "",
        "Cancelled at": _stamp(world, order.cancelled_at) if is_cancelled and order.cancelled_at else "",
        "Payment Method": "" if order.total == 0 else "Cash on Delivery (COD)" if order.is_cod else "OnePay",
        "Payment Reference": f"c{chance.token(20)}.1", "Refunded Amount": f"{refunded}.00",
        "Outstanding Balance": "0.00", "Id": order.id, "Tags": ", ".join(tags), "Risk Level": "Low",
        "Source": order.source_name, "Tax 1 Name": "VAT 8%", "Tax 1 Value": _cents(order.taxes_x100),
        "Payment ID": f"r{chance.token(20)}", "Payment References": f"r{chance.token(20)}",
    }  # fmt: skip


def _cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def _financial_status(order: ShopOrder, refunded: int, is_paid: bool, is_cancelled: bool) -> str:
    if refunded:
        return "refunded" if refunded >= order.total else "partially_refunded"
    if is_cancelled:
        return "voided"
    return "paid" if is_paid else "pending"


def _address(chance: Chance, kind: str, country: str) -> dict[str, str]:
    if not country:
        return {}
    city, code = (
        chance.choice(CITIES)
        if country == "VN"
        else ("New York", "10013")
        if country == "US"
        else ("Singapore", "048616")
    )
    street = f"{chance.randrange(1, 250)} {chance.choice(STREETS)}"
    return {
        f"{kind} Name": "Khách hàng", f"{kind} Street": street, f"{kind} Address1": street, f"{kind} City": city,
        f"{kind} Zip": f"'{code}" if chance.hit(0.95) else code, f"{kind} Province": "", f"{kind} Country": country,
    }  # fmt: skip


def _phones(chance: Chance, order: ShopOrder) -> dict[str, str]:
    """The telephone in one of three columns and in one of the ways people and spreadsheets write it."""
    if order.phone is None:
        return {}
    written = order.phone
    if written.startswith("+84") and chance.hit(0.3):
        written = "0" + written[3:]
    elif chance.hit(0.3):
        written = "'" + written
    column = chance.choices(("Phone", "Billing Phone", "Shipping Phone"), (40, 40, 20))[0]
    return {column: written} | ({"Shipping Phone": written} if column == "Billing Phone" else {})


def _stamp(world: World, moment: dt.datetime) -> str:
    return moment.astimezone(world.settings.zone).strftime("%Y-%m-%d %H:%M:%S %z")
