"""Klaviyo's exports; ActiveCampaign's and GetResponse's as mapped files with the headers of raceway's templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world.mailcrm import ACCOUNTS, ListContact, RecipientEvent, ToolMailing
from raceway.sample.world.world import World

_CAMPAIGNS: Final = header(
    "Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,Unique Placed Order,Placed Order Rate,"
    "Revenue,Unique Opens,Open Rate,Total Opens,Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Spam Complaints,"
    "Spam Complaints Rate,Successful Deliveries,Bounces,Bounce Rate,Campaign ID,Campaign Channel"
)
_SENT: Final = header(
    "Date,Group Id,List/Segment,Click Rate,Open Rate,Total Placed Order Value,Campaign Message Channel"
)
_PROFILES: Final = header(
    "Email,Klaviyo ID,First Name,Last Name,City,State / Region,Country,Zip Code,Source,Email Marketing Consent,"
    "Email Marketing Consent Timestamp,Email Suppressions Timestamp,Profile Created On,Date Added"
)
_ACTIVITY: Final = header("email,event,occurred_at,campaign_id,is_machine")

_VI_CAMPAIGNS: Final = header(
    "Mã chiến dịch,Tên chiến dịch,Danh sách,Thời gian gửi,Số người nhận,Số thư trả lại,Số người mở,"
    "Số người mở tự động,Số người nhấp,Số lượt chuyển tiếp,Số người hủy đăng ký"
)
_VI_CONTACTS: Final = header("Địa chỉ email,Họ tên,Trạng thái,Ngày đăng ký,Ngày hủy đăng ký")
_VI_ACTIVITY: Final = header("Địa chỉ email,Sự kiện,Thời gian,Mã chiến dịch,Mở tự động")
_VI_EVENTS: Final = {"open": "Đã mở", "click": "Đã nhấp", "bounce": "Thư trả lại"}

_EN_CAMPAIGNS: Final = header(
    "campaign_id,title,list_name,sent_at,recipients,delivered,unique_opens,unique_machine_opens,unique_clicks,"
    "forwards,unsubscribes"
)
_EN_CONTACTS: Final = header("email,status,subscribed_at,ended_at")


def tool_exports(world: World) -> tuple[dt.datetime, dt.datetime]:
    """When the tools' files were exported: in the middle and at the end."""
    return world.moment(world.days[len(world.days) // 2], 8), world.night


def write_klaviyo(world: World, inbox: Path) -> int:
    """Writes campaigns and profiles of two exports, the custom report and the activity; gives the number of files."""
    drop = _Tool(world, inbox, "klaviyo")
    for at in tool_exports(world):
        rows = [_klaviyo_campaign(drop, mailing, at == world.night) for mailing in reversed(drop.mailings(at))]
        drop.table(f"Campaigns_{at:%Y-%m-%d}.csv", [_CAMPAIGNS, *rows], at)
        people = [_profile(drop, contact, number, at) for number, contact in enumerate(drop.contacts(at))]
        drop.table(f"profiles_{at:%Y-%m-%d}.csv", [_PROFILES, *people], at)
    drop.table("Campaign Sent Report.csv", [_SENT, *_sent_report(drop)], world.night)
    words = {"open": "Opened Email", "click": "Clicked Email", "bounce": "Bounced Email"}
    return drop.activity(_ACTIVITY, words, ("true", "false"))


def write_activecampaign(world: World, inbox: Path) -> int:
    """Writes the three mapped files, with Vietnamese headers, of two exports; gives the number of files."""
    drop = _Tool(world, inbox, "activecampaign")
    for at in tool_exports(world):
        rows = [
            [m.id, m.title, "Câu lạc bộ", drop.stamp(m.sent_at), str(m.recipients), str(m.bounces),
             *(str(shown(m, n, at == world.night)) for n in (m.opens, m.machine_opens, m.clicks, m.forwards)),
             str(m.unsubscribes)]
            for m in drop.mailings(at)
        ]  # fmt: skip
        drop.table(f"chien_dich_{at:%Y%m%d}.csv", [_VI_CAMPAIGNS, *rows], at)
        people = [
            [c.email, c.name, drop.status(c, at, ("Đang hoạt động", "Đã hủy đăng ký", "Chưa xác nhận")),
             drop.stamp(c.added), drop.stamp(drop.ended(c, at))]
            for c in drop.contacts(at)
        ]  # fmt: skip
        drop.table(f"lien_he_{at:%Y%m%d}.csv", [_VI_CONTACTS, *people], at)
    return drop.activity(_VI_ACTIVITY, _VI_EVENTS, ("Có", "Không"))


def write_getresponse(world: World, inbox: Path) -> int:
    """Writes the three mapped files, semicolons between cells, of two exports; gives the number of files."""
    drop = _Tool(world, inbox, "getresponse", ";")
    for at in tool_exports(world):
        rows = [
            [m.id, m.title, "singapore", drop.stamp(m.sent_at), str(m.recipients), str(m.recipients - m.bounces),
             *(str(shown(m, n, at == world.night)) for n in (m.opens, m.machine_opens, m.clicks, m.forwards)),
             str(m.unsubscribes)]
            for m in drop.mailings(at)
        ]  # fmt: skip
        drop.table(f"newsletters-{at:%Y%m%d}.csv", [_EN_CAMPAIGNS, *rows], at)
        people = [
            [c.email, drop.status(c, at, ("active", "removed", "unconfirmed")), drop.stamp(c.added),
             drop.stamp(drop.ended(c, at))]
            for c in drop.contacts(at)
        ]  # fmt: skip
        drop.table(f"contacts-{at:%Y%m%d}.csv", [_EN_CONTACTS, *people], at)
    return drop.activity(_ACTIVITY, {"open": "opened", "click": "clicked", "bounce": "bounced"}, ("1", "0"))


def shown(mailing: ToolMailing, count: int, is_final: bool) -> int:
    """A count as an export shows it: it still grows after an early one."""
    return count if is_final else int(count * mailing.early_share)


class _Tool:
    """The inbox of one tool, and what of the world it knows at an export."""

    def __init__(self, world: World, inbox: Path, tool: str, delimiter: str = ",") -> None:
        self.world, self.tool, self.delimiter = world, tool, delimiter
        self.drop = Drop(inbox, tool, ACCOUNTS[tool])
        self.zone = world.accounts[tool, ACCOUNTS[tool]].zone

    def mailings(self, at: dt.datetime) -> list[ToolMailing]:
        return [m for m in self.world.mailcrm.mailings if m.tool == self.tool and m.sent_at < at]

    def contacts(self, at: dt.datetime) -> list[ListContact]:
        return [c for c in self.world.mailcrm.contacts if c.tool == self.tool and c.added < at]

    def stamp(self, moment: dt.datetime | None) -> str:
        """A moment as local time of the account."""
        return "" if moment is None else moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def status(self, contact: ListContact, at: dt.datetime, words: tuple[str, str, str]) -> str:
        """The word for subscribed, ended or never."""
        if not contact.is_subscriber:
            return words[2]
        return words[1] if contact.ended is not None and contact.ended <= at else words[0]

    def ended(self, contact: ListContact, at: dt.datetime) -> dt.datetime | None:
        """When it ended, where the export knows and tells it."""
        return contact.ended if contact.ended is not None and contact.ended <= at and contact.is_end_told else None

    def table(self, name: str, rows: Iterable[list[str]], at: dt.datetime) -> None:
        """Writes one file that has more than its header."""
        every = list(rows)
        if len(every) > 1:
            self.drop.put(name, table(every, self.delimiter).encode(), at)

    def activity(self, names: list[str], words: dict[str, str], flags: tuple[str, str]) -> int:
        """Writes the events in two exports that overlap by a week; gives the number of the tool's files."""
        events = [event for event in self.world.mailcrm.events if event.tool == self.tool]
        middle, night = tool_exports(self.world)
        overlap = middle - dt.timedelta(days=7)
        for at, first in ((middle, None), (night, overlap)):
            rows = [
                self._event(event, words, flags)
                for event in events
                if event.at < at and (first is None or event.at >= first)
            ]
            self.table(f"email_activity_{at:%Y%m%d}.csv", [names, *rows], at)
        return self.drop.files

    def _event(self, event: RecipientEvent, words: dict[str, str], flags: tuple[str, str]) -> list[str]:
        machine = flags[0] if event.is_machine else flags[1]
        return [event.email, words[event.kind], self.stamp(event.at), event.mailing, machine]


def _klaviyo_campaign(drop: _Tool, mailing: ToolMailing, is_final: bool) -> list[str]:
    """Counts are written as 64517.0, rates as 70.80%; a text message has no opens."""
    opens, clicks = shown(mailing, mailing.opens, is_final), shown(mailing, mailing.clicks, is_final)
    delivered = mailing.recipients - mailing.bounces
    is_mail = mailing.channel == "Email"

    def count(number: int) -> str:
        return f"{number}.0"

    def rate(number: int) -> str:
        return f"{100 * number / max(delivered, 1):.2f}%"

    sent = mailing.sent_at.astimezone(drop.zone)
    return [
        mailing.title, "letters, 2026", f"{mailing.title}, free returns" if is_mail else "", "Engaged (3 Months), VIP",
        drop.stamp(mailing.sent_at), f"{sent:%A}", count(mailing.recipients), "0.0", "0.00%", "0.0",
        count(opens) if is_mail else "", rate(opens) if is_mail else "N/A", count(opens) if is_mail else "",
        count(clicks), rate(clicks), count(clicks), count(mailing.unsubscribes), "0.0", "0.00%", count(delivered),
        count(mailing.bounces), rate(mailing.bounces), mailing.id, mailing.channel,
    ]  # fmt: skip


def _profile(drop: _Tool, contact: ListContact, number: int, at: dt.datetime) -> list[str]:
    first, last = contact.name.split(" ", 1)
    state = drop.status(contact, at, ("SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"))
    consent = drop.stamp(contact.added) if contact.is_subscriber else ""
    return [
        contact.email, f"01J{number:09d}", first, last, "New York", "NY", "United States", "10013", "footer", state,
        consent, drop.stamp(drop.ended(contact, at)), drop.stamp(contact.added), drop.stamp(contact.added),
    ]  # fmt: skip


def _sent_report(drop: _Tool) -> list[list[str]]:
    """One row for each year and channel: rates only."""
    rows = []
    mailings = drop.mailings(drop.world.night)
    for year in sorted({m.sent_at.year for m in mailings}):
        for channel in ("Email", "SMS"):
            of = [m for m in mailings if m.sent_at.year == year and m.channel == channel]
            sent = sum(m.recipients for m in of)
            if sent:
                opened = f"{sum(m.opens for m in of) / sent:.5f}" if channel == "Email" else "N/A"
                clicked = f"{sum(m.clicks for m in of) / sent:.5f}"
                rows.append([str(year), "QTsong", "Engaged (3 Months)", clicked, opened, "0.0", channel])
    return rows
