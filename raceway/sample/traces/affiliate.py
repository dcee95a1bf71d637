"""Awin's transactions: everything quoted, a byte order mark, JSON in a cell, a status that is decided weeks later."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header
from raceway.sample.world.partners import AffiliateSale
from raceway.sample.world.world import World

_HEADER: Final = header(
    "id,publisher_id,sale_amount,commission,date,commission_status,validation_date,extra,type,site_name,URL,"
    "decline_reason,referer,clickThroughTime,voucher_code,mins_between_click_trans,amended,ip,products,campaign,"
    "customer_acquisition,network_fee"
)
_PUBLISHERS: Final = (
    "Blog chạy bộ", "Săn giảm giá", "Hoàn tiền 24h", "Tạp chí giày", "Mẹ và bé", "So sánh giá",
)  # fmt: skip
_REASONS: Final = ("Not last referrer", "Returned", "Invalid claim - Transaction already tracked, in your account")


def write_affiliate(world: World, inbox: Path) -> int:
    """Writes the transactions as they stood in the middle and at the end; gives the number of files."""
    drop = Drop(inbox, "affiliate", "vn-network")
    middle = world.moment(world.days[len(world.days) // 2], 8)
    for exported_at in (middle, world.night):
        rows = [_row(world, sale, exported_at) for sale in world.partners.affiliate_sales if sale.at < exported_at]
        if rows:
            lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (_HEADER, *rows)]
            name = f"awin_transactions_{exported_at:%Y%m%d}.csv"
            drop.put(name, "\r\n".join(lines).encode("utf-8-sig"), exported_at)
    return drop.files


def _row(world: World, sale: AffiliateSale, exported_at: dt.datetime) -> list[str]:
    def local(moment: dt.datetime) -> str:
        return moment.astimezone(world.settings.zone).strftime("%Y-%m-%d %H:%M:%S")

    decided = sale.decided_at if sale.decided_at is not None and sale.decided_at < exported_at else None
    status = sale.status if decided is not None else "0"
    products = json.dumps([{"sku_code": sale.sku, "unit_price": sale.amount, "quantity": 1}], ensure_ascii=False)
    return [
        sale.id, str(1_000 + sale.publisher), f"{sale.amount}.00", f"{sale.commission}.00", local(sale.at), status,
        local(decided) if decided is not None else "", "", "Sale", _PUBLISHERS[sale.publisher],
        f"https://doi-tac-{sale.publisher}.example/", _REASONS[int(sale.id) % 3] if status == "2" else "", "",
        local(sale.at - dt.timedelta(minutes=17)), "", "17", "No", "203.0.113.7", products, "",
        "new" if int(sale.id) % 2 else "returning", f"{sale.commission // 10}.00",
    ]  # fmt: skip
