"""The Zalo account's messages with Vietnamese headers, as they stood in the middle and at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world.trade import ACCOUNTS
from raceway.sample.world.world import World

_HEADER: Final = header(
    "Mã tin,Tên tin,Loại tin,Thời gian gửi,Số lượng gửi,Gửi thành công,Đã xem,Lượt nhấn,Bỏ quan tâm"
)


def write_zalo_oa(world: World, inbox: Path) -> int:
    """Writes the messages of two exports; gives the number of files."""
    drop = Drop(inbox, "zalo_oa", ACCOUNTS["zalo_oa"])
    for at in world.trade.exports[1:]:
        rows = []
        for message in world.trade.messages:
            if message.sent_at <= at:
                sent_at = message.sent_at.astimezone(world.settings.zone).strftime("%d/%m/%Y %H:%M")
                counts = (message.sent, message.delivered, *message.shown(at))
                rows.append([message.id, message.title, message.kind, sent_at, *(str(count) for count in counts)])
        if rows:
            drop.put(f"tin-nhan-{at:%Y-%m-%d}.csv", table([_HEADER, *rows]).encode(), at)
    return drop.files
