"""The loyalty programme's files: half-way with Vietnamese headers and unsigned points, then by raceway's templates."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, table
from raceway.sample.world import company
from raceway.sample.world.loyalty import Member, Posting
from raceway.sample.world.world import World

_KINDS: Final = {"earned": "Tích điểm", "redeemed": "Đổi điểm", "expired": "Hết hạn", "adjusted": "Điều chỉnh"}

_TIERS: Final = {"silver": "Bạc", "gold": "Vàng"}


def write_loyalty(world: World, inbox: Path) -> int:
    """Writes members and postings as they stood in the middle and at the end; gives the number of files.

    A card of the staff is in every file and never counts.
    """
    drop = Drop(inbox, "loyalty", "vn-club")
    middle = world.moment(world.days[len(world.days) // 2], 8)
    staff = Member("M-STAFF", company.STAFF_EMAIL, "", world.first)
    test = Posting("P-STAFF", staff.id, world.moment(world.first, 9), "earned", 9_999)
    members, postings = [staff, *world.loyalty.members], [test, *world.loyalty.postings]
    _early(world, drop, middle, members, postings)
    rows = [
        [m.id, m.email, m.phone, m.joined_on.isoformat(), _day(m.left_on, "%Y-%m-%d"), *_tier(m, world.last)]
        for m in members
    ]
    header = ["member_id", "email", "phone", "joined_on", "left_on", "tier", "tier_since"]
    drop.put("members.csv", table([header, *rows]).encode("utf-8"), world.night)
    rows = [[p.id, p.member, _local(world, p, "%Y-%m-%d %H:%M:%S"), p.kind, str(p.points)] for p in postings]
    header = ["posting_id", "member_id", "posted_at", "kind", "points"]
    drop.put("ledger.csv", table([header, *rows]).encode("utf-8"), world.night)
    return drop.files


def _early(world: World, drop: Drop, at: dt.datetime, members: list[Member], postings: list[Posting]) -> None:
    """What the till's own export says: days first, sizes without a sign, an empty end for whoever leaves later."""
    day = at.astimezone(world.settings.zone).date()
    rows = [
        [m.id, "Khách quen", m.email, m.phone, _day(m.joined_on, "%d/%m/%Y"),
         _day(m.left_on if m.left_on is not None and m.left_on < day else None, "%d/%m/%Y"),
         _TIERS.get(_tier(m, day)[0], "")]
        for m in members if m.joined_on < day
    ]  # fmt: skip
    header = ["Mã thành viên", "Họ tên", "Email", "Số điện thoại", "Ngày tham gia", "Ngày rời", "Hạng"]
    drop.put("Thành viên.csv", table([header, *rows]).encode("utf-8-sig"), at)
    rows = [
        [p.id, p.member, _local(world, p, "%d/%m/%Y %H:%M"), _KINDS[p.kind], str(abs(p.points))]
        for p in postings if p.at < at
    ]  # fmt: skip
    header = ["Mã giao dịch", "Mã thành viên", "Thời điểm", "Loại", "Điểm"]
    drop.put("Lịch sử điểm.csv", table([header, *rows]).encode("utf-8-sig"), at)


def _tier(member: Member, day: dt.date) -> tuple[str, str]:
    tier = member.tier(day)
    return ("", "") if tier is None else (tier[1], tier[0].isoformat())


def _day(day: dt.date | None, form: str) -> str:
    return "" if day is None else day.strftime(form)


def _local(world: World, posting: Posting, form: str) -> str:
    return posting.at.astimezone(world.settings.zone).strftime(form)
