"""The referral programme's invitations: one export with the headers of a tool, one by raceway's template."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, table
from raceway.sample.world.world import World

_TEMPLATE: Final = ["invitation_id", "invited_at", "inviter_email", "invited_email", "outcome", "order_id"]
_TOOL: Final = ["Referral ID", "Referral Date", "Advocate Name", "Advocate Email", "Friend Email", "Status",
                "Order Number"]  # fmt: skip


def write_referral(world: World, inbox: Path) -> int:
    """Writes the invitations as they stood in the middle and at the end; gives the number of files."""
    drop = Drop(inbox, "referral", "vn-program")
    zone = world.settings.zone
    middle = world.moment(world.days[len(world.days) // 2], 8)
    for exported_at, name, header in (
        (middle, "Referral report.csv", _TOOL),
        (world.night, "invitations.csv", _TEMPLATE),
    ):
        rows = []
        for referral in world.partners.referrals:
            if referral.at >= exported_at:
                continue
            has_ordered = referral.ordered_at is not None and referral.ordered_at < exported_at
            cells = [
                referral.id, referral.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"), referral.inviter,
                referral.invited, "ordered" if has_ordered else "sent", referral.order_name if has_ordered else "",
            ]  # fmt: skip
            rows.append(cells if header is _TEMPLATE else [*cells[:2], "Khách quen", *cells[2:]])
        if rows:
            drop.put(name, table([header, *rows]).encode("utf-8-sig"), exported_at)
    return drop.files
