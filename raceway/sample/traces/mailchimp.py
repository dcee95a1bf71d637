"""Mailchimp: the audience as a zip of member files (the file name says the status) and the campaign report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header, table, zipped
from raceway.sample.world.things import Mailing, Subscriber
from raceway.sample.world.world import World

_MEMBER: Final = header(
    "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,GMTOFF,DSTOFF,"
    "TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
)
_EXTRA: Final = {
    "unsubscribed": ["UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID", "UNSUB_REASON", "UNSUB_REASON_OTHER"],
    "cleaned": ["CLEAN_TIME", "CLEAN_CAMPAIGN_TITLE", "CLEAN_CAMPAIGN_ID"],
}
_REPORT: Final = header(
    "Title,Subject,List,Send Date,Send Weekday,Total Recipients,Successful Deliveries,Soft Bounces,Hard Bounces,"
    "Total Bounces,Times Forwarded,Forwarded Opens,Unique Opens,Open Rate,Total Opens,Unique Clicks,Click Rate,"
    "Total Clicks,Unsubscribes,Abuse Complaints,Times Liked on Facebook,Folder Id,Unique Id,Total Orders,"
    "Total Gross Sales,Total Revenue"
)


def write_mailchimp(world: World, inbox: Path) -> int:
    """Writes audience and campaign report as they stood in the middle and at the end; gives the number of files."""
    drop = Drop(inbox, "mailchimp", "vn-list")
    middle = world.moment(world.days[len(world.days) // 2], 8)
    for exported_at in (middle, world.night):
        day = exported_at.astimezone(world.settings.zone).date()
        drop.put(f"audience_export_{day:%Y%m%d}.zip", zipped(_audience(world.subscribers, exported_at)), exported_at)
        sent = [mailing for mailing in world.mailings if mailing.sent_at < exported_at]
        rows = [_campaign(world, mailing, exported_at == world.night) for mailing in reversed(sent)]
        if rows:
            drop.put(f"campaigns_{day:%Y%m%d}.csv", table([_REPORT, *rows], quote_also=" ").encode(), exported_at)
    return drop.files


def _audience(subscribers: Iterable[Subscriber], at: dt.datetime) -> dict[str, bytes]:
    members: dict[str, list[list[str]]] = {
        "subscribed": [_MEMBER], "unsubscribed": [_MEMBER[:-1] + _EXTRA["unsubscribed"] + ["TAGS"]],
        "cleaned": [_MEMBER[:-1] + _EXTRA["cleaned"] + ["TAGS"]], "nonsubscribed": [_MEMBER],
    }  # fmt: skip
    for number, subscriber in enumerate(subscribers):
        if subscriber.opted_in is None:
            members["nonsubscribed"].append(_cells(subscriber, number, []))
        elif (subscriber.confirmed or subscriber.opted_in) > at:
            continue
        elif subscriber.unsubscribed is not None and subscriber.unsubscribed <= at:
            end = [_stamp(subscriber.unsubscribed), "Bản tin", "", "NORMAL", ""]
            members["unsubscribed"].append(_cells(subscriber, number, end))
        elif subscriber.cleaned is not None and subscriber.cleaned <= at:
            members["cleaned"].append(_cells(subscriber, number, [_stamp(subscriber.cleaned), "Bản tin", ""]))
        else:
            members["subscribed"].append(_cells(subscriber, number, []))
    return {
        f"{status}_members_export_a1b2c3d4.csv": table(rows, quote_also=" ").encode()
        for status, rows in members.items()
        if len(rows) > 1
    }


def _cells(subscriber: Subscriber, number: int, end: list[str]) -> list[str]:
    first, last = subscriber.name.split(" ", 1)[1], subscriber.name.split(" ", 1)[0]
    changed = subscriber.unsubscribed or subscriber.cleaned or subscriber.confirmed or subscriber.opted_in
    email = subscriber.email.capitalize() if number % 50 == 0 else subscriber.email  # addresses know no case
    return [
        email, first, last, str(2 + number % 4), _stamp(subscriber.opted_in), "192.0.2.1", _stamp(subscriber.confirmed),
        "192.0.2.1", "7", "7", "Asia/Ho_Chi_Minh", "vn", "", _stamp(changed), str(100_000_000 + number),
        f"{number:010x}", "", *end, '"VIP","Blog"' if number % 9 == 0 else "",
    ]  # fmt: skip


def _stamp(moment: dt.datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S")


def _campaign(world: World, mailing: Mailing, is_final: bool) -> list[str]:
    """A row of the report. Opens and clicks still grow after the first report."""
    share = 1.0 if is_final else mailing.early_share
    opens, clicks = int(mailing.opens * share), int(mailing.clicks * share)
    delivered = max(mailing.delivered, 1)
    bounces = mailing.soft_bounces + mailing.hard_bounces
    local = mailing.sent_at.astimezone(world.settings.zone)
    sent = f"{local:%b %d, %Y %I:%M} {'am' if local.hour < 12 else 'pm'}"
    return [
        mailing.title, mailing.subject, "Bản tin Sông Hồng", sent, f"{local:%A}", str(mailing.recipients),
        str(mailing.delivered), str(mailing.soft_bounces), str(mailing.hard_bounces), str(bounces),
        str(int(mailing.forwards * share)), "0", str(opens), f"{100 * opens / delivered:.2f}%",
        str(max(mailing.total_opens, opens)), str(clicks), f"{100 * clicks / delivered:.2f}%",
        str(max(mailing.total_clicks, clicks)), str(mailing.unsubscribes), str(mailing.complaints), "0", "", mailing.id,
        str(mailing.revenue // 350_000), f"{mailing.revenue}.00", f"{mailing.revenue}.00",
    ]  # fmt: skip
