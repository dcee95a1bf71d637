"""Square's items detail: 35 columns, dollars, newest first, refunds as negative rows of the sale's transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from raceway.sample.invent.store import ZONE, last_till_day
from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world.things import Line, TillSale
from raceway.sample.world.world import World

_HEADER: Final = header(
    "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,"
    "Net Sales,Tax,Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,"
    "Customer ID,Customer Name,Customer Reference ID,Unit,Count,GTIN,Itemization Type,Commission,Employee,"
    "Fulfillment Note,Channel,Token,Card Brand,PAN Suffix"
)


@dataclass(frozen=True)
class _Printed:
    """One row to be: when, of which sale, which line, and the sign of a refund."""

    at: dt.datetime
    sale: TillSale
    line: Line
    event: str
    gross: int
    discount: int
    count: int


def write_square(world: World, inbox: Path) -> int:
    """Writes one export a month and, of the last month, one a week; gives the number of files."""
    drop = Drop(inbox, "square", "us-store")
    rows = sorted(_printed(world.sales), key=lambda row: (row.at, row.sale.transaction, row.count), reverse=True)
    last = last_till_day(world)
    by_day: dict[dt.date, list[list[str]]] = {}
    for row in rows:
        day = row.at.astimezone(ZONE).date()
        by_day.setdefault(day, []).append(_cells(row))
    for first, end in _stretches(world.history_start, last):
        days = [first + dt.timedelta(days=n) for n in range((end - first).days)]
        lines = [cells for day in reversed(days) for cells in by_day.get(day, [])]
        # The end in the name is not inside; taken the next afternoon, the newest one in the night.
        taken = dt.datetime.combine(end, dt.time(12), tzinfo=ZONE) + dt.timedelta(hours=1)
        drop.put(
            f"items-{first}-{end}.csv", table([_HEADER, *lines]).encode(), min(taken.astimezone(dt.UTC), world.night)
        )
    return drop.files


def _stretches(first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    """First day and the day after the last of each export: months, the last 28 days by weeks that overlap a day."""
    stretches = []
    recent = max(first, last - dt.timedelta(days=27))
    while first < recent:
        end = min((first.replace(day=1) + dt.timedelta(days=32)).replace(day=1), recent)
        stretches.append((first, end))
        first = end
    while first <= last:
        end = min(first + dt.timedelta(days=7), last + dt.timedelta(days=1))
        stretches.append((first - dt.timedelta(days=1) if stretches else first, end))
        first = end
    return stretches


def _printed(sales: list[TillSale]) -> list[_Printed]:
    rows = []
    for sale in sales:
        for count, line in enumerate(sale.lines):
            rows.append(_Printed(sale.at, sale, line, "Payment", line.price * line.quantity, line.discount, count))
        for count, refund in enumerate(sale.refunds):
            gross = refund.line.price * refund.line.quantity
            rows.append(_Printed(refund.at, sale, refund.line, "Refund", -gross, -(gross - refund.amount), count))
    return rows


def _dollars(amount: int) -> str:
    """$1,149.00 and, below zero, ($33.62)."""
    text = f"${abs(amount) // 100:,}.{abs(amount) % 100:02d}"
    return f"({text})" if amount < 0 else text


def _cells(row: _Printed) -> list[str]:
    local = row.at.astimezone(ZONE)
    sale, line, net = row.sale, row.line, row.gross - row.discount
    sign = -1 if row.event == "Refund" else 1
    return [
        local.date().isoformat(), local.strftime("%H:%M:%S"), "Eastern Time (US & Canada)", line.category or "None",
        line.name, f"{sign * line.quantity}.0", "", line.sku, "", _dollars(row.gross), _dollars(-row.discount),
        _dollars(net), _dollars(round(net * 0.08875)), sale.transaction, f"P{sale.transaction[:20]}",
        "Square Terminal 4", "", f"https://app.squareup.example/sales/{sale.transaction}", row.event, "Canal Street",
        "", sale.customer or "", "", sale.reference or "", "ea", f"{sign * line.quantity}", "",
        "Gift Card" if line.is_gift_card else "Physical Good", "$0.00", "", "", "Canal Street", line.sku or "GC",
        "Visa", "0000",
    ]  # fmt: skip
